/** All that the editor loads of this package beside the forms: one script, made of these files. */
export {};
