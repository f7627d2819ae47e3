# Turns journal lines of Open5GS (journalctl -o json) into "CURSOR<TAB>EVENT" lines (core/api/metrics.ts: ActivityEvent).
# What Open5GS logs at its default level (its src/mme/emm-sm.c, mme-sm.c; src/smf/s5c-handler.c, context.c):
#   mme  [IMSI] Attach complete
#   mme  [IMSI] Detach request | Detach accept | Implicit Detach timer expired, ...
#   mme  [IMSI] Attach reject [OGS_NAS_EMM_CAUSE:N]
#   smf  UE IMSI[IMSI] APN[APN] IPv4[ADDRESS] IPv6[ADDRESS]            a session begins, before "Attach complete"
#   smf  Removed Session: UE IMSI:[imsi-IMSI] DNN:[APN:PSI] IPv4:[ADDRESS] IPv6:[ADDRESS]
# A session's end counts as a detach unless the MME has just said so: the HSS may have cancelled it.
# The state: .ue by IMSI {apn, ip, sessions, gone}; .out is the event that a line makes, or null.

# Open5GS colours its lines, and journald shows text with control characters as a list of bytes.
def text: (if type == "array" then implode elif type == "string" then . else "" end) | gsub("\u001b\\[[0-9;]*m"; "");

# Where a line stands in the journal (sequence and number): what repeats it carries the same id.
def place: [capture("s=(?<s>[0-9a-f]{1,40});(.*;)?i=(?<i>[0-9a-f]{1,20})")][0] | if . then "\(.s)-\(.i)" else null end;

def address($s): (if $s.v4 != "" then $s.v4 else $s.v6 end)[0:64];

def session_begun($s):
  ((.ue[$s.imsi].sessions // 0) == 0) as $first
  | .ue[$s.imsi].sessions = (.ue[$s.imsi].sessions // 0) + 1
  | .ue[$s.imsi].gone = false
  | if $first then .ue[$s.imsi].apn = $s.apn[0:64] | .ue[$s.imsi].ip = address($s) else . end;

def attached($s):
  .out = {type: "attach", imsi: $s.imsi, apn: .ue[$s.imsi].apn, ip: .ue[$s.imsi].ip}
  | .ue[$s.imsi].gone = false;

def detached($s):
  if .ue[$s.imsi].gone then . else
    .out = {type: "detach", imsi: $s.imsi, apn: .ue[$s.imsi].apn, ip: .ue[$s.imsi].ip,
      cause: {"Detach request": "subscriber", "Detach accept": "network", "Implicit Detach": "silent too long"}[$s.how]}
    | .ue[$s.imsi].gone = true
  end;

def rejected($s):
  .out = {type: "log", imsi: $s.imsi, message: "attach rejected", cause: (if $s.cause then "EMM cause \($s.cause)" else null end)};

def session_ended($s):
  ((.ue[$s.imsi].sessions // 1) - 1) as $left
  | if $left > 0 then .ue[$s.imsi].sessions = $left
    else
      (if .ue[$s.imsi].gone then . else
        .out = {type: "detach", imsi: $s.imsi, apn: $s.apn[0:64], ip: address($s), cause: "session ended"} end)
      | .ue[$s.imsi] = {gone: true}
    end;

def parse($pattern): [capture($pattern)][0]; # null when it does not match

def step($message):
  ($message | parse("UE IMSI\\[(?<imsi>[0-9]{6,15})\\] APN\\[(?<apn>[^\\]]*)\\] IPv4\\[(?<v4>[^\\]]*)\\] IPv6\\[(?<v6>[^\\]]*)\\]")) as $begun
  | ($message | parse("\\[(?<imsi>[0-9]{6,15})\\] Attach complete")) as $attached
  | ($message | parse("\\[(?<imsi>[0-9]{6,15})\\] (?<how>Detach request|Detach accept|Implicit Detach)")) as $detached
  | ($message | parse("\\[(?<imsi>[0-9]{6,15})\\] Attach reject( \\[OGS_NAS_EMM_CAUSE:(?<cause>[0-9]+)\\])?")) as $rejected
  | ($message | parse("Removed Session: UE IMSI:\\[(imsi-)?(?<imsi>[0-9]{6,15})\\] DNN:\\[(?<apn>[^\\]:]*)[^\\]]*\\] IPv4:\\[(?<v4>[^\\]]*)\\] IPv6:\\[(?<v6>[^\\]]*)\\]")) as $ended
  | if $begun then session_begun($begun)
    elif $attached then attached($attached)
    elif $detached then detached($detached)
    elif $rejected then rejected($rejected)
    elif $ended then session_ended($ended)
    else . end;

# The state must not grow with every subscriber ever seen.
def bounded: if (.ue | length) > 20000 then .ue = {} else . end;

def line: try (fromjson | if type == "object" then . else {} end) catch {};

def stamp: try (tonumber / 1000000) catch null;

foreach inputs as $raw ({ue: {}, out: null};
  ($raw | line) as $line
  | .out = null
  | ($line.MESSAGE | text) as $message
  # A cheap look first: nearly all lines are of no interest.
  | (if $message | test("Attach |Detach |UE IMSI") then step($message) | bounded else . end)
  | if .out then
      .cursor = ($line.__CURSOR // "")
      | .out.id = (.cursor | place)
      | .out.at = ($line.__REALTIME_TIMESTAMP // "" | stamp)
    else . end;
  select(.out) | "\(.cursor)\t\(.out | with_entries(select(.value != null and .value != "")) | tojson)")
