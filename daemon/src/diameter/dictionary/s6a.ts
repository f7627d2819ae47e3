// AVPs of S6a and S13 (TS 29.272 7.3), and of other 3GPP standards that they re-use.
import { OPTIONAL, rowsOf, THREEGPP } from "./define.ts";

const s6a = rowsOf("TS 29.272", THREEGPP);
const cx = rowsOf("TS 29.229", THREEGPP);
const sh = rowsOf("TS 29.329", THREEGPP);
const slg = rowsOf("TS 29.172", THREEGPP);
const sms = rowsOf("TS 29.338", THREEGPP);
const scef = rowsOf("TS 29.336", THREEGPP);
const ro = rowsOf("TS 32.299", THREEGPP);

export const SubscriptionData = s6a.grouped("Subscription-Data", 1400, "7.3.2");
export const TerminalInformation = s6a.grouped("Terminal-Information", 1401, "7.3.3");
export const Imei = s6a.utf8("IMEI", 1402, "7.3.4");
export const SoftwareVersion = s6a.utf8("Software-Version", 1403, "7.3.5");
export const QosSubscribed = s6a.octets("QoS-Subscribed", 1404, "7.3.77");
export const UlrFlags = s6a.u32("ULR-Flags", 1405, "7.3.7");
export const UlaFlags = s6a.u32("ULA-Flags", 1406, "7.3.8");
export const VisitedPlmnId = s6a.octets("Visited-PLMN-Id", 1407, "7.3.9");
export const RequestedEutranAuthenticationInfo = s6a.grouped("Requested-EUTRAN-Authentication-Info", 1408, "7.3.11");
export const RequestedUtranGeranAuthenticationInfo = s6a.grouped(
  "Requested-UTRAN-GERAN-Authentication-Info",
  1409,
  "7.3.12",
);
export const NumberOfRequestedVectors = s6a.u32("Number-Of-Requested-Vectors", 1410, "7.3.14");
export const ReSynchronizationInfo = s6a.octets("Re-Synchronization-Info", 1411, "7.3.15");
export const ImmediateResponsePreferred = s6a.u32("Immediate-Response-Preferred", 1412, "7.3.16");
export const AuthenticationInfo = s6a.grouped("Authentication-Info", 1413, "7.3.17");
export const EUtranVector = s6a.grouped("E-UTRAN-Vector", 1414, "7.3.18");
export const UtranVector = s6a.grouped("UTRAN-Vector", 1415, "7.3.19");
export const GeranVector = s6a.grouped("GERAN-Vector", 1416, "7.3.20");
export const NetworkAccessMode = s6a.enumerated("Network-Access-Mode", 1417, "7.3.21");
export const HplmnOdb = s6a.u32("HPLMN-ODB", 1418, "7.3.22");
export const ItemNumber = s6a.u32("Item-Number", 1419, "7.3.23");
export const CancellationType = s6a.enumerated("Cancellation-Type", 1420, "7.3.24");
export const DsrFlags = s6a.u32("DSR-Flags", 1421, "7.3.25");
export const DsaFlags = s6a.u32("DSA-Flags", 1422, "7.3.26");
export const ContextIdentifier = s6a.u32("Context-Identifier", 1423, "7.3.27");
export const SubscriberStatus = s6a.enumerated("Subscriber-Status", 1424, "7.3.29");
export const OperatorDeterminedBarring = s6a.u32("Operator-Determined-Barring", 1425, "7.3.30");
export const AccessRestrictionData = s6a.u32("Access-Restriction-Data", 1426, "7.3.31");
export const ApnOiReplacement = s6a.utf8("APN-OI-Replacement", 1427, "7.3.32");
export const AllApnConfigurationsIncludedIndicator = s6a.enumerated(
  "All-APN-Configurations-Included-Indicator",
  1428,
  "7.3.33",
);
export const ApnConfigurationProfile = s6a.grouped("APN-Configuration-Profile", 1429, "7.3.34");
export const ApnConfiguration = s6a.grouped("APN-Configuration", 1430, "7.3.35");
export const EpsSubscribedQosProfile = s6a.grouped("EPS-Subscribed-QoS-Profile", 1431, "7.3.37");
export const VplmnDynamicAddressAllowed = s6a.enumerated("VPLMN-Dynamic-Address-Allowed", 1432, "7.3.38");
export const StnSr = s6a.octets("STN-SR", 1433, "7.3.39");
export const AlertReason = s6a.enumerated("Alert-Reason", 1434, "7.3.83");
export const Ambr = s6a.grouped("AMBR", 1435, "7.3.41");
export const CsgSubscriptionData = s6a.grouped("CSG-Subscription-Data", 1436, "7.3.78");
export const CsgId = s6a.u32("CSG-Id", 1437, "7.3.79");
export const PdnGwAllocationType = s6a.enumerated("PDN-GW-Allocation-Type", 1438, "7.3.44");
export const ExpirationDate = s6a.time("Expiration-Date", 1439, "7.3.80");
export const RatFrequencySelectionPriorityId = s6a.u32("RAT-Frequency-Selection-Priority-ID", 1440, "7.3.46");
export const IdaFlags = s6a.u32("IDA-Flags", 1441, "7.3.47");
export const PuaFlags = s6a.u32("PUA-Flags", 1442, "7.3.48");
export const NorFlags = s6a.u32("NOR-Flags", 1443, "7.3.49");
export const UserId = s6a.utf8("User-Id", 1444, "7.3.50", OPTIONAL);
export const EquipmentStatus = s6a.enumerated("Equipment-Status", 1445, "7.3.51", { values: [0, 1, 2] });
export const RegionalSubscriptionZoneCode = s6a.octets("Regional-Subscription-Zone-Code", 1446, "7.3.52");
export const Rand = s6a.octets("RAND", 1447, "7.3.53");
export const Xres = s6a.octets("XRES", 1448, "7.3.54");
export const Autn = s6a.octets("AUTN", 1449, "7.3.55");
export const Kasme = s6a.octets("KASME", 1450, "7.3.56");
export const TraceCollectionEntity = s6a.address("Trace-Collection-Entity", 1452, "7.3.98");
export const Kc = s6a.octets("Kc", 1453, "7.3.59");
export const Sres = s6a.octets("SRES", 1454, "7.3.60");
export const PdnType = s6a.enumerated("PDN-Type", 1456, "7.3.62");
export const RoamingRestrictedDueToUnsupportedFeature = s6a.enumerated(
  "Roaming-Restricted-Due-To-Unsupported-Feature",
  1457,
  "7.3.81",
);
export const TraceData = s6a.grouped("Trace-Data", 1458, "7.3.63");
export const TraceReference = s6a.octets("Trace-Reference", 1459, "7.3.64");
export const TraceDepth = s6a.enumerated("Trace-Depth", 1462, "7.3.67");
export const TraceNeTypeList = s6a.octets("Trace-NE-Type-List", 1463, "7.3.68");
export const TraceInterfaceList = s6a.octets("Trace-Interface-List", 1464, "7.3.69");
export const TraceEventList = s6a.octets("Trace-Event-List", 1465, "7.3.70");
export const OmcId = s6a.octets("OMC-Id", 1466, "7.3.71");
export const GprsSubscriptionData = s6a.grouped("GPRS-Subscription-Data", 1467, "7.3.72");
export const CompleteDataListIncludedIndicator = s6a.enumerated(
  "Complete-Data-List-Included-Indicator",
  1468,
  "7.3.73",
);
export const PdpContext = s6a.grouped("PDP-Context", 1469, "7.3.74");
export const PdpType = s6a.octets("PDP-Type", 1470, "7.3.75");
export const Tgpp2Meid = s6a.octets("3GPP2-MEID", 1471, "7.3.6");
export const SpecificApnInfo = s6a.grouped("Specific-APN-Info", 1472, "7.3.82");
export const LcsInfo = s6a.grouped("LCS-Info", 1473, "7.3.84");
export const GmlcNumber = s6a.octets("GMLC-Number", 1474, "7.3.85");
export const LcsPrivacyException = s6a.grouped("LCS-PrivacyException", 1475, "7.3.86");
export const SsCode = s6a.octets("SS-Code", 1476, "7.3.87");
export const SsStatus = s6a.octets("SS-Status", 1477, "7.3.88");
export const NotificationToUeUser = s6a.enumerated("Notification-To-UE-User", 1478, "7.3.89");
export const ExternalClient = s6a.grouped("External-Client", 1479, "7.3.90");
export const ClientIdentity = s6a.octets("Client-Identity", 1480, "7.3.91");
export const GmlcRestriction = s6a.enumerated("GMLC-Restriction", 1481, "7.3.92");
export const PlmnClient = s6a.enumerated("PLMN-Client", 1482, "7.3.93");
export const ServiceTypeGroup = s6a.grouped("Service-Type", 1483, "7.3.94");
export const ServiceTypeIdentity = s6a.u32("ServiceTypeIdentity", 1484, "7.3.95");
export const MoLr = s6a.grouped("MO-LR", 1485, "7.3.96");
export const TeleserviceList = s6a.grouped("Teleservice-List", 1486, "7.3.99");
export const TsCode = s6a.octets("TS-Code", 1487, "7.3.100");
export const CallBarringInfo = s6a.grouped("Call-Barring-Info", 1488, "7.3.101");
export const SgsnNumber = s6a.octets("SGSN-Number", 1489, "7.3.102");
export const IdrFlags = s6a.u32("IDR-Flags", 1490, "7.3.103");
export const IcsIndicator = s6a.enumerated("ICS-Indicator", 1491, "7.3.104", OPTIONAL);
export const ImsVoiceOverPsSessionsSupported = s6a.enumerated(
  "IMS-Voice-Over-PS-Sessions-Supported",
  1492,
  "7.3.106",
  OPTIONAL,
);
export const HomogeneousSupportOfImsVoiceOverPsSessions = s6a.enumerated(
  "Homogeneous-Support-of-IMS-Voice-Over-PS-Sessions",
  1493,
  "7.3.107",
  OPTIONAL,
);
export const LastUeActivityTime = s6a.time("Last-UE-Activity-Time", 1494, "7.3.108", OPTIONAL);
export const EpsUserState = s6a.grouped("EPS-User-State", 1495, "7.3.110", OPTIONAL);
export const EpsLocationInformation = s6a.grouped("EPS-Location-Information", 1496, "7.3.111", OPTIONAL);
export const MmeUserState = s6a.grouped("MME-User-State", 1497, "7.3.112", OPTIONAL);
export const SgsnUserState = s6a.grouped("SGSN-User-State", 1498, "7.3.113", OPTIONAL);
export const UserState = s6a.enumerated("User-State", 1499, "7.3.114", OPTIONAL);
export const Non3gppUserData = rowsOf("TS 29.273", THREEGPP).grouped("Non-3GPP-User-Data", 1500, "8.2.3.1");
export const MmeLocationInformation = s6a.grouped("MME-Location-Information", 1600, "7.3.115", OPTIONAL);
export const SgsnLocationInformation = s6a.grouped("SGSN-Location-Information", 1601, "7.3.116", OPTIONAL);
export const EUtranCellGlobalIdentity = s6a.octets("E-UTRAN-Cell-Global-Identity", 1602, "7.3.117", OPTIONAL);
export const TrackingAreaIdentity = s6a.octets("Tracking-Area-Identity", 1603, "7.3.118", OPTIONAL);
export const CellGlobalIdentity = s6a.octets("Cell-Global-Identity", 1604, "7.3.119", OPTIONAL);
export const RoutingAreaIdentity = s6a.octets("Routing-Area-Identity", 1605, "7.3.120", OPTIONAL);
export const LocationAreaIdentity = s6a.octets("Location-Area-Identity", 1606, "7.3.121", OPTIONAL);
export const ServiceAreaIdentity = s6a.octets("Service-Area-Identity", 1607, "7.3.122", OPTIONAL);
export const GeographicalInformation = s6a.octets("Geographical-Information", 1608, "7.3.123", OPTIONAL);
export const GeodeticInformation = s6a.octets("Geodetic-Information", 1609, "7.3.124", OPTIONAL);
export const CurrentLocationRetrieved = s6a.enumerated("Current-Location-Retrieved", 1610, "7.3.125", OPTIONAL);
export const AgeOfLocationInformation = s6a.u32("Age-Of-Location-Information", 1611, "7.3.126", OPTIONAL);
export const ActiveApn = s6a.grouped("Active-APN", 1612, "7.3.127", OPTIONAL);
export const SiptoPermission = s6a.enumerated("SIPTO-Permission", 1613, "7.3.135", OPTIONAL);
export const ErrorDiagnostic = s6a.enumerated("Error-Diagnostic", 1614, "7.3.128", OPTIONAL);
export const UeSrvccCapability = s6a.enumerated("UE-SRVCC-Capability", 1615, "7.3.130", OPTIONAL);
export const MpsPriority = s6a.u32("MPS-Priority", 1616, "7.3.131", OPTIONAL);
export const VplmnLipaAllowed = s6a.enumerated("VPLMN-LIPA-Allowed", 1617, "7.3.132", OPTIONAL);
export const LipaPermission = s6a.enumerated("LIPA-Permission", 1618, "7.3.133", OPTIONAL);
export const SubscribedPeriodicRauTauTimer = s6a.u32("Subscribed-Periodic-RAU-TAU-Timer", 1619, "7.3.134", OPTIONAL);
export const ExtPdpType = s6a.octets("Ext-PDP-Type", 1620, "7.3.75A", OPTIONAL);
export const ExtPdpAddress = s6a.address("Ext-PDP-Address", 1621, "7.3.129", OPTIONAL);
export const MdtConfiguration = s6a.grouped("MDT-Configuration", 1622, "7.3.136", OPTIONAL);
export const JobType = s6a.enumerated("Job-Type", 1623, "7.3.137", OPTIONAL);
export const AreaScope = s6a.grouped("Area-Scope", 1624, "7.3.138", OPTIONAL);
export const ListOfMeasurements = s6a.u32("List-Of-Measurements", 1625, "7.3.139", OPTIONAL);
export const ReportingTrigger = s6a.u32("Reporting-Trigger", 1626, "7.3.140", OPTIONAL);
export const ReportInterval = s6a.enumerated("Report-Interval", 1627, "7.3.141", OPTIONAL);
export const ReportAmount = s6a.enumerated("Report-Amount", 1628, "7.3.142", OPTIONAL);
export const EventThresholdRsrp = s6a.u32("Event-Threshold-RSRP", 1629, "7.3.143", OPTIONAL);
export const EventThresholdRsrq = s6a.u32("Event-Threshold-RSRQ", 1630, "7.3.144", OPTIONAL);
export const LoggingInterval = s6a.enumerated("Logging-Interval", 1631, "7.3.145", OPTIONAL);
export const LoggingDuration = s6a.enumerated("Logging-Duration", 1632, "7.3.146", OPTIONAL);
export const RelayNodeIndicator = s6a.enumerated("Relay-Node-Indicator", 1633, "7.3.147", OPTIONAL);
export const MdtUserConsent = s6a.enumerated("MDT-User-Consent", 1634, "7.3.148", OPTIONAL);
export const PurFlags = s6a.u32("PUR-Flags", 1635, "7.3.149", OPTIONAL);
export const SubscribedVsrvcc = s6a.enumerated("Subscribed-VSRVCC", 1636, "7.3.150", OPTIONAL);
export const EquivalentPlmnList = s6a.grouped("Equivalent-PLMN-List", 1637, "7.3.151", OPTIONAL);
export const ClrFlags = s6a.u32("CLR-Flags", 1638, "7.3.152", OPTIONAL);
export const UvrFlags = s6a.u32("UVR-Flags", 1639, "7.3.153");
export const UvaFlags = s6a.u32("UVA-Flags", 1640, "7.3.154");
export const VplmnCsgSubscriptionData = s6a.grouped("VPLMN-CSG-Subscription-Data", 1641, "7.3.155");
export const TimeZone = s6a.utf8("Time-Zone", 1642, "7.3.163", OPTIONAL);
export const AMsisdn = s6a.octets("A-MSISDN", 1643, "7.3.157", OPTIONAL);
export const MmeNumberForMtSms = s6a.octets("MME-Number-for-MT-SMS", 1645, "7.3.159", OPTIONAL);
export const SmsRegisterRequest = s6a.enumerated("SMS-Register-Request", 1648, "7.3.162", OPTIONAL);
export const LocalTimeZone = s6a.grouped("Local-Time-Zone", 1649, "7.3.156", OPTIONAL);
export const DaylightSavingTime = s6a.enumerated("Daylight-Saving-Time", 1650, "7.3.164", OPTIONAL);
export const SubscriptionDataFlags = s6a.u32("Subscription-Data-Flags", 1654, "7.3.165", OPTIONAL);
export const MeasurementPeriodLte = s6a.enumerated("Measurement-Period-LTE", 1655, "7.3.166", OPTIONAL);
export const MeasurementPeriodUmts = s6a.enumerated("Measurement-Period-UMTS", 1656, "7.3.167", OPTIONAL);
export const CollectionPeriodRrmLte = s6a.enumerated("Collection-Period-RRM-LTE", 1657, "7.3.168", OPTIONAL);
export const CollectionPeriodRrmUmts = s6a.enumerated("Collection-Period-RRM-UMTS", 1658, "7.3.169", OPTIONAL);
export const PositioningMethod = s6a.octets("Positioning-Method", 1659, "7.3.170", OPTIONAL);
export const MeasurementQuantity = s6a.octets("Measurement-Quantity", 1660, "7.3.171", OPTIONAL);
export const EventThresholdEvent1f = s6a.i32("Event-Threshold-Event-1F", 1661, "7.3.172", OPTIONAL);
export const EventThresholdEvent1i = s6a.i32("Event-Threshold-Event-1I", 1662, "7.3.173", OPTIONAL);
export const RestorationPriority = s6a.u32("Restoration-Priority", 1663, "7.3.174", OPTIONAL);
export const SgsMmeIdentity = s6a.utf8("SGs-MME-Identity", 1664, "7.3.175", OPTIONAL);
export const SiptoLocalNetworkPermission = s6a.u32("SIPTO-Local-Network-Permission", 1665, "7.3.176", OPTIONAL);
export const CoupledNodeDiameterId = s6a.identity("Coupled-Node-Diameter-ID", 1666, "7.3.177", OPTIONAL);
export const WlanOffloadability = s6a.grouped("WLAN-offloadability", 1667, "7.3.181", OPTIONAL);
export const WlanOffloadabilityEutran = s6a.u32("WLAN-offloadability-EUTRAN", 1668, "7.3.182", OPTIONAL);
export const WlanOffloadabilityUtran = s6a.u32("WLAN-offloadability-UTRAN", 1669, "7.3.183", OPTIONAL);
export const ResetId = s6a.octets("Reset-ID", 1670, "7.3.184", OPTIONAL);
export const MdtAllowedPlmnId = s6a.octets("MDT-Allowed-PLMN-Id", 1671, "7.3.185", OPTIONAL);
export const AdjacentPlmns = s6a.grouped("Adjacent-PLMNs", 1672, "7.3.186", OPTIONAL);
export const AdjacentAccessRestrictionData = s6a.grouped("Adjacent-Access-Restriction-Data", 1673, "7.3.187", OPTIONAL);
export const DlBufferingSuggestedPacketCount = s6a.i32(
  "DL-Buffering-Suggested-Packet-Count",
  1674,
  "7.3.188",
  OPTIONAL,
);
export const ImsiGroupId = s6a.grouped("IMSI-Group-Id", 1675, "7.3.189", OPTIONAL);
export const GroupServiceId = s6a.u32("Group-Service-Id", 1676, "7.3.190", OPTIONAL);
export const GroupPlmnId = s6a.octets("Group-PLMN-Id", 1677, "7.3.191", OPTIONAL);
export const LocalGroupId = s6a.octets("Local-Group-Id", 1678, "7.3.192", OPTIONAL);
export const AirFlags = s6a.u32("AIR-Flags", 1679, "7.3.201", OPTIONAL);
export const UeUsageType = s6a.u32("UE-Usage-Type", 1680, "7.3.202", OPTIONAL);
export const NonIpPdnTypeIndicator = s6a.enumerated("Non-IP-PDN-Type-Indicator", 1681, "7.3.204", OPTIONAL);
export const NonIpDataDeliveryMechanism = s6a.u32("Non-IP-Data-Delivery-Mechanism", 1682, "7.3.205", OPTIONAL);
export const AdditionalContextIdentifier = s6a.u32("Additional-Context-Identifier", 1683, "7.3.206", OPTIONAL);
export const ScefRealm = s6a.identity("SCEF-Realm", 1684, "7.3.207", OPTIONAL);
export const SubscriptionDataDeletion = s6a.grouped("Subscription-Data-Deletion", 1685, "7.3.208", OPTIONAL);
export const PreferredDataMode = s6a.u32("Preferred-Data-Mode", 1686, "7.3.209", OPTIONAL);
export const EmergencyInfo = s6a.grouped("Emergency-Info", 1687, "7.3.210", OPTIONAL);
export const V2xSubscriptionData = s6a.grouped("V2X-Subscription-Data", 1688, "7.3.212", OPTIONAL);
export const V2xPermission = s6a.u32("V2X-Permission", 1689, "7.3.213", OPTIONAL);
export const PdnConnectionContinuity = s6a.u32("PDN-Connection-Continuity", 1690, "7.3.214", OPTIONAL);
export const EdrxCycleLength = s6a.grouped("eDRX-Cycle-Length", 1691, "7.3.215", OPTIONAL);
export const EdrxCycleLengthValue = s6a.octets("eDRX-Cycle-Length-Value", 1692, "7.3.216", OPTIONAL);
export const UePc5Ambr = s6a.u32("UE-PC5-AMBR", 1693, "7.3.217", OPTIONAL);
export const MbsfnArea = s6a.grouped("MBSFN-Area", 1694, "7.3.219", OPTIONAL);
export const MbsfnAreaId = s6a.u32("MBSFN-Area-ID", 1695, "7.3.220", OPTIONAL);
export const CarrierFrequency = s6a.u32("Carrier-Frequency", 1696, "7.3.221", OPTIONAL);
export const RdsIndicator = s6a.enumerated("RDS-Indicator", 1697, "7.3.222", OPTIONAL);
export const ServiceGapTime = s6a.u32("Service-Gap-Time", 1698, "7.3.223", OPTIONAL);
export const AerialUeSubscriptionInformation = s6a.u32("Aerial-UE-Subscription-Information", 1699, "7.3.224", OPTIONAL);
export const BroadcastLocationAssistanceDataTypes = s6a.u64(
  "Broadcast-Location-Assistance-Data-Types",
  1700,
  "7.3.225",
  OPTIONAL,
);
export const PagingTimeWindow = s6a.grouped("Paging-Time-Window", 1701, "7.3.226", OPTIONAL);
export const OperationMode = s6a.u32("Operation-Mode", 1702, "7.3.227", OPTIONAL);
export const PagingTimeWindowLength = s6a.octets("Paging-Time-Window-Length", 1703, "7.3.228", OPTIONAL);
export const CoreNetworkRestrictions = s6a.u32("Core-Network-Restrictions", 1704, "7.3.230", OPTIONAL);
export const EdrxRelatedRat = s6a.grouped("eDRX-Related-RAT", 1705, "7.3.229", OPTIONAL);
export const InterworkingFiveGsIndicator = s6a.enumerated("Interworking-5GS-Indicator", 1706, "7.3.231", OPTIONAL);

// Re-used by S6a (TS 29.272 table 7.3.1/2)
export const SupportedFeatures = cx.grouped("Supported-Features", 628, "6.3.29", OPTIONAL);
export const FeatureListId = cx.u32("Feature-List-ID", 629, "6.3.30", OPTIONAL);
export const FeatureList = cx.u32("Feature-List", 630, "6.3.31", OPTIONAL);
export const VisitedNetworkIdentifier = cx.octets("Visited-Network-Identifier", 600, "6.3.1");
export const ConfidentialityKey = cx.octets("Confidentiality-Key", 625, "6.3.27");
export const IntegrityKey = cx.octets("Integrity-Key", 626, "6.3.28");
export const Msisdn = sh.octets("MSISDN", 701, "6.3.2");
export const GmlcAddress = rowsOf("TS 29.173", THREEGPP).address("GMLC-Address", 2405, "6.4.7", OPTIONAL);
export const PprAddress = rowsOf("TS 29.173", THREEGPP).address("PPR-Address", 2407, "6.4.9", OPTIONAL);
export const LcsCapabilitiesSets = rowsOf("TS 29.173", THREEGPP).u32("LCS-Capabilities-Sets", 2404, "6.4.6", OPTIONAL);
export const LcsNameString = slg.utf8("LCS-Name-String", 1238, "7.4.4");
export const SmsmiCorrelationId = sms.grouped("SMSMI-Correlation-ID", 3324, "6.3.3.13", OPTIONAL);
export const MaximumUeAvailabilityTime = sms.time("Maximum-UE-Availability-Time", 3329, "5.3.3.22", OPTIONAL);
export const ExternalIdentifier = scef.utf8("External-Identifier", 3111, "6.4.11", OPTIONAL);
export const MonitoringEventConfiguration = scef.grouped("Monitoring-Event-Configuration", 3122, "8.4.2", OPTIONAL);
export const MonitoringEventReport = scef.grouped("Monitoring-Event-Report", 3123, "8.4.3", OPTIONAL);
export const ScefReferenceId = scef.u32("SCEF-Reference-ID", 3124, "8.4.4", OPTIONAL);
export const ScefId = scef.identity("SCEF-ID", 3125, "8.4.5", OPTIONAL);
export const ScefReferenceIdForDeletion = scef.u32("SCEF-Reference-ID-for-Deletion", 3126, "8.4.6", OPTIONAL);
export const MonitoringType = scef.u32("Monitoring-Type", 3127, "8.4.7", OPTIONAL);
export const MaximumNumberOfReports = scef.u32("Maximum-Number-of-Reports", 3128, "8.4.8", OPTIONAL);
export const MonitoringDuration = scef.time("Monitoring-Duration", 3130, "8.4.10", OPTIONAL);
export const MaximumDetectionTime = scef.u32("Maximum-Detection-Time", 3131, "8.4.11", OPTIONAL);
export const AeseCommunicationPattern = scef.grouped("AESE-Communication-Pattern", 3113, "8.4.25", OPTIONAL);
export const SupportedServices = scef.grouped("Supported-Services", 3143, "8.4.40", OPTIONAL);
export const SupportedMonitoringEvents = scef.u64("Supported-Monitoring-Events", 3144, "8.4.41", OPTIONAL);
export const GroupMonitoringEventReport = scef.grouped("Group-Monitoring-Event-Report", 3165, "8.4.61", OPTIONAL);
export const MtcProviderInfo = scef.grouped("MTC-Provider-Info", 3178, "8.4.74", OPTIONAL);
export const ServedPartyIpAddress = ro.address("Served-Party-IP-Address", 848, "7.2.187");
