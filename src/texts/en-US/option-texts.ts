export const OPTION = {} as const;
