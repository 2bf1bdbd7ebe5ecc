export const SIMULATOR = {} as const;
