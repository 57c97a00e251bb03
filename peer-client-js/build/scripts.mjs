/** What is served to browsers: its name, and the file that it begins with. */
export const scripts = {};
