/** A fault of the command line or the environment; its message names the option. */
export class ConfigError extends Error {}
