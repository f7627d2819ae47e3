export { deploymentScript } from "./deploymentScript.ts";
export { diameterIdentity } from "./freeDiameter.ts";
export type { DeploymentInput } from "./input.ts";
export { type PolicyApn, pcrfPolicy } from "./pcrfPolicy.ts";
export { sitePolicy } from "./sitePolicy.ts";
