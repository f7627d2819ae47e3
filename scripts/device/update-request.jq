# The request of an `update` command, as strict as the cloud's own check (core/domain/command.ts: UpdateRequest), so that nothing
# in it can be an option, a path or a pattern to the programs it is given to.
def text($pattern): type == "string" and test($pattern);
def whole($least; $most): type == "number" and . == floor and . >= $least and . <= $most;
def only($allowed): type == "object" and (keys - $allowed) == [];
def sha256: text("\\A[0-9a-f]{64}\\z");
def exact_package:
  only(["name", "version", "sha256", "otherSha256"])
  and (.name | text("\\A[a-z0-9][a-z0-9+.-]{1,127}\\z"))
  and (.version | text("\\A(?=.{1,128}\\z)(?:[0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]*\\z"))
  and (.sha256 | sha256)
  and (.otherSha256 // [] | type == "array" and length <= 4 and all(.[]; sha256));
def update_request:
  only(["type", "rollout_id", "attempt", "packages", "restore", "health_seconds", "report_seconds"])
  and .type == "update"
  and (.rollout_id | text("\\Aro_[0-9a-f]{16}\\z"))
  and (.attempt | whole(1; 1000000))
  and (.packages | type == "array" and length >= 1 and length <= 50 and all(.[]; exact_package))
  and (.packages | map(.name) | length == (unique | length))
  and (.restore | type == "boolean")
  and (.health_seconds | whole(1; 3600))
  and (.report_seconds | whole(1; 86400));
