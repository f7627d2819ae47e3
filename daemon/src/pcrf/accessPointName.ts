/** The operator identifier of an APN (3GPP TS 23.003 9.1.2). */
const OPERATOR_IDENTIFIER = /\.mnc\d{2,3}\.mcc\d{3}\.gprs$/;

/** The network identifier of an APN as a PGW or an operator writes it, in lower case: what two APNs are compared by. */
export function accessPointName(calledStationId: string): string {
  return calledStationId.trim().toLowerCase().replace(/\.$/, "").replace(OPERATOR_IDENTIFIER, "");
}
