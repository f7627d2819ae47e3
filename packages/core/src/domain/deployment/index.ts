export { deploymentScript } from "./deploymentScript.ts";
export { diameterIdentity } from "./freeDiameter.ts";
export type { DeploymentInput } from "./input.ts";
