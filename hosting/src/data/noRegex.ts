/** Stands in for re2js (see vite.config.ts). Firestore reaches for it only inside pipeline queries. */
export const RE2JS = {
  compile(): never {
    throw new Error("pipeline queries are left out of this build");
  },
};
