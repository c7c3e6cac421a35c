export { createProject, type CreatedProject } from './project.js';
export type { ProjectOptions } from './options.js';
export { CreateError } from './errors.js';
export type { License, TemplateName } from './templates.js';
