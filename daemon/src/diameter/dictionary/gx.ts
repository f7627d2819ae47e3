// AVPs of Gx (TS 29.212 5.3) and of other 3GPP standards that it re-uses. A name that begins with 3GPP begins with Tgpp here.
import { OPTIONAL, rowsOf, THREEGPP } from "./define.ts";

const gx = rowsOf("TS 29.212", THREEGPP);
const rx = rowsOf("TS 29.214", THREEGPP);
const gi = rowsOf("TS 29.061", THREEGPP);
const ro = rowsOf("TS 32.299", THREEGPP);
const s9 = rowsOf("TS 29.215", THREEGPP);

export const BearerUsage = gx.enumerated("Bearer-Usage", 1000, "5.3.1");
export const ChargingRuleInstall = gx.grouped("Charging-Rule-Install", 1001, "5.3.2");
export const ChargingRuleRemove = gx.grouped("Charging-Rule-Remove", 1002, "5.3.3");
export const ChargingRuleDefinition = gx.grouped("Charging-Rule-Definition", 1003, "5.3.4");
export const ChargingRuleBaseName = gx.utf8("Charging-Rule-Base-Name", 1004, "5.3.5");
export const ChargingRuleName = gx.octets("Charging-Rule-Name", 1005, "5.3.6");
export const EventTrigger = gx.enumerated("Event-Trigger", 1006, "5.3.7");
export const MeteringMethod = gx.enumerated("Metering-Method", 1007, "5.3.8");
export const Offline = gx.enumerated("Offline", 1008, "5.3.9");
export const Online = gx.enumerated("Online", 1009, "5.3.10");
export const Precedence = gx.u32("Precedence", 1010, "5.3.11");
export const ReportingLevel = gx.enumerated("Reporting-Level", 1011, "5.3.12");
export const TftFilter = gx.utf8("TFT-Filter", 1012, "5.3.13");
export const TftPacketFilterInformation = gx.grouped("TFT-Packet-Filter-Information", 1013, "5.3.14");
export const TosTrafficClass = gx.octets("ToS-Traffic-Class", 1014, "5.3.15");
export const QosInformation = gx.grouped("QoS-Information", 1016, "5.3.16");
export const QosClassIdentifier = gx.enumerated("QoS-Class-Identifier", 1028, "5.3.17");
export const ChargingRuleReport = gx.grouped("Charging-Rule-Report", 1018, "5.3.18");
export const PccRuleStatus = gx.enumerated("PCC-Rule-Status", 1019, "5.3.19");
export const BearerIdentifier = gx.octets("Bearer-Identifier", 1020, "5.3.20");
export const BearerOperation = gx.enumerated("Bearer-Operation", 1021, "5.3.21");
export const AccessNetworkChargingIdentifierGx = gx.grouped("Access-Network-Charging-Identifier-Gx", 1022, "5.3.22");
export const BearerControlMode = gx.enumerated("Bearer-Control-Mode", 1023, "5.3.23");
export const NetworkRequestSupport = gx.enumerated("Network-Request-Support", 1024, "5.3.24");
export const GuaranteedBitrateDl = gx.u32("Guaranteed-Bitrate-DL", 1025, "5.3.25");
export const GuaranteedBitrateUl = gx.u32("Guaranteed-Bitrate-UL", 1026, "5.3.26");
export const IpCanType = gx.enumerated("IP-CAN-Type", 1027, "5.3.27");
export const QosNegotiation = gx.enumerated("QoS-Negotiation", 1029, "5.3.28");
export const QosUpgrade = gx.enumerated("QoS-Upgrade", 1030, "5.3.29");
export const RuleFailureCode = gx.enumerated("Rule-Failure-Code", 1031, "5.3.38");
/** S6a's ULR carries it too, there with the M-bit (TS 29.272 table 7.3.1/2). */
export const RatType = gx.enumerated("RAT-Type", 1032, "5.3.31");
export const EventReportIndication = gx.grouped("Event-Report-Indication", 1033, "5.3.30", OPTIONAL);
export const AllocationRetentionPriority = gx.grouped("Allocation-Retention-Priority", 1034, "5.3.32");
export const CoaIpAddress = gx.address("CoA-IP-Address", 1035, "5.3.33", OPTIONAL);
export const TunnelHeaderFilter = gx.utf8("Tunnel-Header-Filter", 1036, "5.3.34", OPTIONAL);
export const TunnelHeaderLength = gx.u32("Tunnel-Header-Length", 1037, "5.3.35", OPTIONAL);
export const TunnelInformation = gx.grouped("Tunnel-Information", 1038, "5.3.36", OPTIONAL);
export const CoaInformation = gx.grouped("CoA-Information", 1039, "5.3.37", OPTIONAL);
export const ApnAggregateMaxBitrateDl = gx.u32("APN-Aggregate-Max-Bitrate-DL", 1040, "5.3.39");
export const ApnAggregateMaxBitrateUl = gx.u32("APN-Aggregate-Max-Bitrate-UL", 1041, "5.3.40");
export const RevalidationTime = gx.time("Revalidation-Time", 1042, "5.3.41");
export const RuleActivationTime = gx.time("Rule-Activation-Time", 1043, "5.3.42");
export const RuleDeactivationTime = gx.time("Rule-Deactivation-Time", 1044, "5.3.43");
export const SessionReleaseCause = gx.enumerated("Session-Release-Cause", 1045, "5.3.44");
export const PriorityLevel = gx.u32("Priority-Level", 1046, "5.3.45");
export const PreEmptionCapability = gx.enumerated("Pre-emption-Capability", 1047, "5.3.46", { values: [0, 1] });
export const PreEmptionVulnerability = gx.enumerated("Pre-emption-Vulnerability", 1048, "5.3.47", { values: [0, 1] });
export const DefaultEpsBearerQos = gx.grouped("Default-EPS-Bearer-QoS", 1049, "5.3.48");
export const AnGwAddress = gx.address("AN-GW-Address", 1050, "5.3.49", OPTIONAL);
export const QosRuleInstall = gx.grouped("QoS-Rule-Install", 1051, "5a.3.1");
export const QosRuleRemove = gx.grouped("QoS-Rule-Remove", 1052, "5a.3.2");
export const QosRuleDefinition = gx.grouped("QoS-Rule-Definition", 1053, "5a.3.3");
export const QosRuleName = gx.octets("QoS-Rule-Name", 1054, "5a.3.4");
export const QosRuleReport = gx.grouped("QoS-Rule-Report", 1055, "5a.3.5");
export const SecurityParameterIndex = gx.octets("Security-Parameter-Index", 1056, "5.3.51", OPTIONAL);
export const FlowLabel = gx.octets("Flow-Label", 1057, "5.3.52", OPTIONAL);
export const FlowInformation = gx.grouped("Flow-Information", 1058, "5.3.53");
export const PacketFilterContent = gx.utf8("Packet-Filter-Content", 1059, "5.3.54");
export const PacketFilterIdentifier = gx.octets("Packet-Filter-Identifier", 1060, "5.3.55");
export const PacketFilterInformation = gx.grouped("Packet-Filter-Information", 1061, "5.3.56");
export const PacketFilterOperation = gx.enumerated("Packet-Filter-Operation", 1062, "5.3.57");
export const ResourceAllocationNotification = gx.enumerated("Resource-Allocation-Notification", 1063, "5.3.50");
export const PdnConnectionId = gx.octets("PDN-Connection-ID", 1065, "5.3.58", OPTIONAL);
export const MonitoringKey = gx.octets("Monitoring-Key", 1066, "5.3.59", OPTIONAL);
export const UsageMonitoringInformation = gx.grouped("Usage-Monitoring-Information", 1067, "5.3.60", OPTIONAL);
export const UsageMonitoringLevel = gx.enumerated("Usage-Monitoring-Level", 1068, "5.3.61", OPTIONAL);
export const UsageMonitoringReport = gx.enumerated("Usage-Monitoring-Report", 1069, "5.3.62", OPTIONAL);
export const UsageMonitoringSupport = gx.enumerated("Usage-Monitoring-Support", 1070, "5.3.63", OPTIONAL);
export const CsgInformationReporting = gx.enumerated("CSG-Information-Reporting", 1071, "5.3.64", OPTIONAL);
export const PacketFilterUsage = gx.enumerated("Packet-Filter-Usage", 1072, "5.3.66", OPTIONAL);
export const ChargingCorrelationIndicator = gx.enumerated("Charging-Correlation-Indicator", 1073, "5.3.67", OPTIONAL);
export const RoutingRuleRemove = gx.grouped("Routing-Rule-Remove", 1075, "5.3.69", OPTIONAL);
export const RoutingRuleDefinition = gx.grouped("Routing-Rule-Definition", 1076, "5.3.70", OPTIONAL);
export const RoutingRuleIdentifier = gx.octets("Routing-Rule-Identifier", 1077, "5.3.71", OPTIONAL);
export const RoutingFilter = gx.grouped("Routing-Filter", 1078, "5.3.72", OPTIONAL);
export const RoutingIpAddress = gx.address("Routing-IP-Address", 1079, "5.3.73", OPTIONAL);
export const FlowDirection = gx.enumerated("Flow-Direction", 1080, "5.3.65", OPTIONAL);
export const RoutingRuleInstall = gx.grouped("Routing-Rule-Install", 1081, "5.3.68", OPTIONAL);
export const CreditManagementStatus = gx.u32("Credit-Management-Status", 1082, "5.3.102", OPTIONAL);
export const RedirectInformation = gx.grouped("Redirect-Information", 1085, "5.3.82", OPTIONAL);
export const RedirectSupport = gx.enumerated("Redirect-Support", 1086, "5.3.83", OPTIONAL);
export const TdfInformation = gx.grouped("TDF-Information", 1087, "5.3.78", OPTIONAL);
export const TdfApplicationIdentifier = gx.octets("TDF-Application-Identifier", 1088, "5.3.77", OPTIONAL);
export const TdfDestinationHost = gx.identity("TDF-Destination-Host", 1089, "5.3.80", OPTIONAL);
export const TdfDestinationRealm = gx.identity("TDF-Destination-Realm", 1090, "5.3.79", OPTIONAL);
export const TdfIpAddress = gx.address("TDF-IP-Address", 1091, "5.3.81", OPTIONAL);
export const ApplicationDetectionInformation = gx.grouped(
  "Application-Detection-Information",
  1098,
  "5.3.91",
  OPTIONAL,
);
export const PsToCsSessionContinuity = gx.enumerated("PS-to-CS-Session-Continuity", 1099, "5.3.84", OPTIONAL);
export const ServedUserIdentity = rowsOf("TS 29.140", THREEGPP).grouped("Served-User-Identity", 1100, "6.3.1");
export const TdfApplicationInstanceIdentifier = gx.octets(
  "TDF-Application-Instance-Identifier",
  2802,
  "5.3.92",
  OPTIONAL,
);
export const HenbLocalIpAddress = gx.address("HeNB-Local-IP-Address", 2804, "5.3.95", OPTIONAL);
export const UeLocalIpAddress = gx.address("UE-Local-IP-Address", 2805, "5.3.96", OPTIONAL);
export const UdpSourcePort = gx.u32("UDP-Source-Port", 2806, "5.3.97", OPTIONAL);
export const MuteNotification = gx.enumerated("Mute-Notification", 2809, "5.3.98", OPTIONAL);
export const MonitoringTime = gx.time("Monitoring-Time", 2810, "5.3.99", OPTIONAL);
export const AnGwStatus = gx.enumerated("AN-GW-Status", 2811, "5.3.100", OPTIONAL);
export const UserLocationInfoTime = gx.time("User-Location-Info-Time", 2812, "5.3.101", OPTIONAL);
export const DefaultQosInformation = gx.grouped("Default-QoS-Information", 2816, "5.3.103", OPTIONAL);
export const DefaultQosName = gx.utf8("Default-QoS-Name", 2817, "5.3.104", OPTIONAL);
export const ConditionalApnAggregateMaxBitrate = gx.grouped(
  "Conditional-APN-Aggregate-Max-Bitrate",
  2818,
  "5.3.105",
  OPTIONAL,
);
export const RanNasReleaseCause = gx.octets("RAN-NAS-Release-Cause", 2819, "5.3.106", OPTIONAL);
export const PresenceReportingAreaElementsList = gx.octets(
  "Presence-Reporting-Area-Elements-List",
  2820,
  "5.3.107",
  OPTIONAL,
);
export const PresenceReportingAreaIdentifier = gx.octets(
  "Presence-Reporting-Area-Identifier",
  2821,
  "5.3.108",
  OPTIONAL,
);
export const PresenceReportingAreaInformation = gx.grouped(
  "Presence-Reporting-Area-Information",
  2822,
  "5.3.109",
  OPTIONAL,
);
export const PresenceReportingAreaStatus = gx.u32("Presence-Reporting-Area-Status", 2823, "5.3.110", OPTIONAL);
export const FixedUserLocationInfo = gx.grouped("Fixed-User-Location-Info", 2825, "5.3.112", OPTIONAL);
export const IpCanSessionChargingScope = gx.enumerated("IP-CAN-Session-Charging-Scope", 2827, "5.3.114", OPTIONAL);
export const DefaultAccess = gx.enumerated("Default-Access", 2829, "5.3.120", OPTIONAL);
export const NbifomMode = gx.enumerated("NBIFOM-Mode", 2830, "5.3.117", OPTIONAL);
export const NbifomSupport = gx.enumerated("NBIFOM-Support", 2831, "5.3.116", OPTIONAL);
export const RanRuleSupport = gx.u32("RAN-Rule-Support", 2832, "5.3.122", OPTIONAL);
export const AccessAvailabilityChangeReason = gx.u32("Access-Availability-Change-Reason", 2833, "5.3.121", OPTIONAL);
export const TrafficSteeringPolicyIdentifierDl = gx.octets(
  "Traffic-Steering-Policy-Identifier-DL",
  2836,
  "5.3.123",
  OPTIONAL,
);
export const TrafficSteeringPolicyIdentifierUl = gx.octets(
  "Traffic-Steering-Policy-Identifier-UL",
  2837,
  "5.3.124",
  OPTIONAL,
);
export const ConditionalPolicyInformation = gx.grouped("Conditional-Policy-Information", 2840, "5.3.128", OPTIONAL);
export const ResourceReleaseNotification = gx.enumerated("Resource-Release-Notification", 2841, "5.3.125", OPTIONAL);
export const DefaultBearerIndication = gx.enumerated("Default-Bearer-Indication", 2844, "5.3.132", OPTIONAL);
export const TgppPsDataOffStatus = gx.enumerated("3GPP-PS-Data-Off-Status", 2847, "5.3.133", OPTIONAL);
export const ExtendedApnAmbrDl = gx.u32("Extended-APN-AMBR-DL", 2848, "5.3.134", OPTIONAL);
export const ExtendedApnAmbrUl = gx.u32("Extended-APN-AMBR-UL", 2849, "5.3.135", OPTIONAL);
export const ExtendedGbrDl = gx.u32("Extended-GBR-DL", 2850, "5.3.136", OPTIONAL);
export const ExtendedGbrUl = gx.u32("Extended-GBR-UL", 2851, "5.3.137", OPTIONAL);

// Re-used by Gx (TS 29.212 table 5.4)
export const AfApplicationIdentifier = rx.octets("AF-Application-Identifier", 504, "5.3.5");
export const AfChargingIdentifier = rx.octets("AF-Charging-Identifier", 505, "5.3.6");
export const AccessNetworkChargingAddress = rx.address("Access-Network-Charging-Address", 501, "5.3.2");
export const AccessNetworkChargingIdentifier = rx.grouped("Access-Network-Charging-Identifier", 502, "5.3.3");
export const AccessNetworkChargingIdentifierValue = rx.octets("Access-Network-Charging-Identifier-Value", 503, "5.3.4");
export const FlowDescription = rx.utf8("Flow-Description", 507, "5.3.8");
export const FlowNumber = rx.u32("Flow-Number", 509, "5.3.9");
export const Flows = rx.grouped("Flows", 510, "5.3.10");
export const FlowStatus = rx.enumerated("Flow-Status", 511, "5.3.11");
export const FlowUsage = rx.enumerated("Flow-Usage", 512, "5.3.12");
export const MaxRequestedBandwidthDl = rx.u32("Max-Requested-Bandwidth-DL", 515, "5.3.14");
export const MaxRequestedBandwidthUl = rx.u32("Max-Requested-Bandwidth-UL", 516, "5.3.15");
export const MediaComponentDescription = rx.grouped("Media-Component-Description", 517, "5.3.16");
export const MediaComponentNumber = rx.u32("Media-Component-Number", 518, "5.3.17");
export const MediaSubComponent = rx.grouped("Media-Sub-Component", 519, "5.3.18");
export const MediaType = rx.enumerated("Media-Type", 520, "5.3.19");
export const RequiredAccessInfo = rx.enumerated("Required-Access-Info", 536, "5.3.34", OPTIONAL);
export const SponsoredConnectivityData = rx.grouped("Sponsored-Connectivity-Data", 530, "5.3.27", OPTIONAL);
export const SponsorIdentity = rx.utf8("Sponsor-Identity", 531, "5.3.28", OPTIONAL);
export const ApplicationServiceProviderIdentity = rx.utf8(
  "Application-Service-Provider-Identity",
  532,
  "5.3.29",
  OPTIONAL,
);
export const ExtendedMaxRequestedBwDl = rx.u32("Extended-Max-Requested-BW-DL", 554, "5.3.52", OPTIONAL);
export const ExtendedMaxRequestedBwUl = rx.u32("Extended-Max-Requested-BW-UL", 555, "5.3.53", OPTIONAL);
export const TgppImsi = gi.utf8("3GPP-IMSI", 1, "16.4.7");
export const TgppChargingId = gi.octets("3GPP-Charging-Id", 2, "16.4.7");
export const TgppPdpType = gi.enumerated("3GPP-PDP-Type", 3, "16.4.7");
export const TgppGprsNegotiatedQosProfile = gi.utf8("3GPP-GPRS-Negotiated-QoS-Profile", 5, "16.4.7");
export const TgppSgsnAddress = gi.octets("3GPP-SGSN-Address", 6, "16.4.7", OPTIONAL);
export const TgppGgsnAddress = gi.octets("3GPP-GGSN-Address", 7, "16.4.7", OPTIONAL);
export const TgppImsiMccMnc = gi.utf8("3GPP-IMSI-MCC-MNC", 8, "16.4.7");
export const TgppGgsnMccMnc = gi.utf8("3GPP-GGSN-MCC-MNC", 9, "16.4.7");
export const TgppNsapi = gi.octets("3GPP-NSAPI", 10, "16.4.7");
export const TgppSelectionMode = gi.utf8("3GPP-Selection-Mode", 12, "16.4.7");
export const TgppChargingCharacteristics = gi.utf8("3GPP-Charging-Characteristics", 13, "16.4.7");
export const TgppSgsnIpv6Address = gi.octets("3GPP-SGSN-Ipv6-Address", 15, "16.4.7");
export const TgppGgsnIpv6Address = gi.octets("3GPP-GGSN-Ipv6-Address", 16, "16.4.7");
export const TgppSgsnMccMnc = gi.utf8("3GPP-SGSN-MCC-MNC", 18, "16.4.7");
export const TgppImeisv = gi.octets("3GPP-IMEISV", 20, "16.4.7");
export const TgppRatType = gi.octets("3GPP-RAT-Type", 21, "16.4.7");
export const TgppUserLocationInfo = gi.octets("3GPP-User-Location-Info", 22, "16.4.7");
export const TgppMsTimeZone = gi.octets("3GPP-MS-TimeZone", 23, "16.4.7");
export const TgppAllocateIpType = gi.octets("3GPP-Allocate-IP-Type", 27, "16.4.7", OPTIONAL);
export const TwanIdentifier = gi.octets("TWAN-Identifier", 29, "16.4.7", OPTIONAL);
export const TgppUserLocationInfoTime = gi.octets("3GPP-User-Location-Info-Time", 30, "16.4.7", OPTIONAL);
export const TgppSecondaryRatUsage = gi.octets("3GPP-Secondary-RAT-Usage", 31, "16.4.7", OPTIONAL);
export const AnTrusted = rowsOf("TS 29.273", THREEGPP).enumerated("AN-Trusted", 1503, "5.2.3.9");
export const ServingNodeType = ro.enumerated("Serving-Node-Type", 2047, "7.2.196");
export const UserCsgInformation = ro.grouped("User-CSG-Information", 2319, "7.2.240A", OPTIONAL);
export const CsgAccessMode = ro.enumerated("CSG-Access-Mode", 2317, "7.2.46A", OPTIONAL);
export const CsgMembershipIndication = ro.enumerated("CSG-Membership-Indication", 2318, "7.2.46B", OPTIONAL);
export const SubsessionDecisionInfo = s9.grouped("Subsession-Decision-Info", 2200, "5.3.1");
export const SessionLinkingIndicator = gx.enumerated("Session-Linking-Indicator", 1064, "5a.3.6");
