export const IMAGE = {} as const;
