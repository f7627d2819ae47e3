// Before any of the tests, as two that made it at a time would be in each other's way.
import { debianRoot } from "./rootfs.ts";

export default function setup(): void {
  debianRoot();
}
