/** Loopback addresses of the Open5GS daemons among themselves, as Open5GS ships them. */
export const LOOPBACK = {
  mme: "127.0.0.2",
  sgwc: "127.0.0.3",
  smf: "127.0.0.4",
  sgwu: "127.0.0.6",
  upf: "127.0.0.7",
  pcrf: "127.0.0.9",
} as const;
