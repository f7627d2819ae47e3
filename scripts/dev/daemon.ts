// npm run daemon -- OPTIONS: the daemon by itself, from its source.
import "../../daemon/src/main.ts";
