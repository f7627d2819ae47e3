/** Every Firestore path of the system, so that rules, store and UI spell them alike. */
export const paths = {
  user: (uid: string) => `users/${uid}`,
  tenants: () => "tenants",
  tenant: (t: string) => `tenants/${t}`,
  members: (t: string) => `tenants/${t}/members`,
  member: (t: string, uid: string) => `tenants/${t}/members/${uid}`,
  invitations: (t: string) => `tenants/${t}/invitations`,
  invitation: (t: string, id: string) => `tenants/${t}/invitations/${id}`,
  enrolmentTokens: (t: string) => `tenants/${t}/enrolmentTokens`,
  enrolmentToken: (t: string, sha256: string) => `tenants/${t}/enrolmentTokens/${sha256}`,
  apiKeys: (t: string) => `tenants/${t}/apiKeys`,
  apiKey: (t: string, sha256: string) => `tenants/${t}/apiKeys/${sha256}`,
  epcs: (t: string) => `tenants/${t}/epcs`,
  epc: (t: string, e: string) => `tenants/${t}/epcs/${e}`,
  history: (t: string, e: string) => `tenants/${t}/epcs/${e}/history`,
  historyHour: (t: string, e: string, hour: string) => `tenants/${t}/epcs/${e}/history/${hour}`,
  events: (t: string, e: string) => `tenants/${t}/epcs/${e}/events`,
  event: (t: string, e: string, id: string) => `tenants/${t}/epcs/${e}/events/${id}`,
  commands: (t: string, e: string) => `tenants/${t}/epcs/${e}/commands`,
  command: (t: string, e: string, id: string) => `tenants/${t}/epcs/${e}/commands/${id}`,
  scripts: (t: string, e: string) => `tenants/${t}/epcs/${e}/scripts`,
  script: (t: string, e: string, version: number) => `tenants/${t}/epcs/${e}/scripts/${version}`,
  claims: (t: string) => `tenants/${t}/claims`,
  claim: (t: string, id: string) => `tenants/${t}/claims/${id}`,
  tacs: (t: string) => `tenants/${t}/tacs`,
  tac: (t: string, tac: number) => `tenants/${t}/tacs/${tac}`,
  audits: (t: string) => `tenants/${t}/audit`,
  audit: (t: string, id: string) => `tenants/${t}/audit/${id}`,
  secret: (t: string, id: string) => `tenants/${t}/secrets/${id}`,
  deviceCredential: (sha256: string) => `deviceCredentials/${sha256}`,
  hardware: (hash: string) => `hardware/${hash}`,
} as const;

/** Object names in the bucket. The hash in the name keeps a version's object immutable whoever races to write it. */
export const objects = {
  script: (t: string, e: string, version: number, sha256: string) =>
    `tenants/${t}/epcs/${e}/scripts/${version}-${sha256}.sh`,
  scriptSignature: (t: string, e: string, version: number, sha256: string) =>
    `tenants/${t}/epcs/${e}/scripts/${version}-${sha256}.sh.asc`,
} as const;
