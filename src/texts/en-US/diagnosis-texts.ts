export const DIAGNOSIS = {} as const;
