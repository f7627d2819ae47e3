import { z } from "zod";
import { Instant } from "./instant.ts";

/** What a daemon needs to mirror a collection by a cursor: server time of the last change, and a tombstone instead of a deletion. */
export const mirrored = { updatedAt: Instant, deleted: z.boolean(), expireAt: Instant.optional() };
