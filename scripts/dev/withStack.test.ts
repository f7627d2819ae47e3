import { expect, it } from "vitest";
import { SERVICES } from "./ports.ts";
import { parseArguments } from "./with-stack.ts";

it.each([
  [["npm", "run", "x"], SERVICES, true, ["npm", "run", "x"]],
  [["--", "ls", "--only", "x"], SERVICES, true, ["ls", "--only", "x"]],
  [["--only", "auth,firestore", "--", "ls"], ["auth", "firestore"], true, ["ls"]],
  [["--only", "auth", "--no-seed", "ls", "-l"], ["auth"], false, ["ls", "-l"]],
])("reads %j", (argv, only, seed, command) => {
  expect(parseArguments(argv)).toEqual({ only, seed, argv: command });
});

it.each([[["--only", "mongodb", "--", "ls"]], [["--onyl", "auth", "ls"]], [[]], [["--"]]])("refuses %j", (argv) => {
  expect(() => parseArguments(argv)).toThrow();
});
