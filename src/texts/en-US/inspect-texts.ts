export const INSPECT = {} as const;
