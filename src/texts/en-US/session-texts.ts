export const SESSION = {} as const;
