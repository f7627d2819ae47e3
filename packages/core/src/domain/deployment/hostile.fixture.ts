// What somebody may put into a value that ends up in a script, and in files that the script writes.
export const hostile = [
  "'; touch $CANARY; '",
  '"; touch $CANARY; "',
  "$(touch $CANARY)",
  "`touch $CANARY`",
  "a\ntouch $CANARY\nb",
  "WISPTOOLS_END\ntouch $CANARY",
  "-rf / --no-preserve-root %s %n \\n \\",
  "Ünï¢ødé ☃ \u2028 ' \" \\ # : { } [ ] & * ! | > %",
  "$IFS|&;<>()~!*?[]",
  "@S1_ADDRESS@ & \\1 \\&",
];
