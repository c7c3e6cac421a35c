import type { RuleSource } from './rule.js';

/** Pages and files of the vendor that rules refer to. All were read in November 2026. */
export const SOURCES = {
  wait: {
    text: 'Genesys Cloud Resource Center: Wait action',
    url: 'https://help.mypurecloud.com/articles/wait-action/',
    grade: 'A',
  },
  actionLimit: {
    text: 'Genesys Cloud Resource Center: How many actions can I run in a flow?',
    url: 'https://help.mypurecloud.com/faqs/how-many-actions-can-i-run-in-a-flow/',
    grade: 'A',
  },
  blueprint: {
    text: 'Genesys Cloud blueprint: Design Architect flow data actions for resiliency',
    url: 'https://github.com/GenesysCloudBlueprints/design-architect-flow-data-actions-for-resiliency',
    grade: 'A',
  },
  performance: {
    text: 'Genesys Cloud Resource Center: Data actions integration performance analysis',
    url: 'https://help.mypurecloud.com/articles/data-actions-integration-performance-analysis/',
    grade: 'A',
  },
  tokens: {
    text: 'Genesys community: Rate limits for data actions within the Architect flows (staff on tokens of the integration)',
    url: 'https://community.genesys.com/discussion/rate-limits-for-data-actions-within-the-architect-flows',
    grade: 'B',
  },
  eventHandling: {
    text: 'Genesys Cloud Resource Center: Set default event handling behavior',
    url: 'https://help.mypurecloud.com/articles/set-default-error-handling-behavior/',
    grade: 'A',
  },
  failurePaths: {
    text: 'Genesys Cloud Resource Center: Failure paths in Architect',
    url: 'https://help.mypurecloud.com/articles/failure-paths-architect/',
    grade: 'A',
  },
  notifications: {
    text: 'Genesys Cloud Developer Center: Analytics notifications',
    url: 'https://developer.genesys.cloud/analyticsdatamanagement/analytics/notifications',
    grade: 'A',
  },
  topics: {
    text: 'Genesys Cloud Developer Center: Available topics',
    url: 'https://developer.genesys.cloud/notificationsalerts/notifications/available-topics',
    grade: 'A',
  },
  studioWait: {
    text: 'NICE CXone help: WAIT',
    url: 'https://help.nice-incontact.com/content/studio/actionscx/wait/wait.htm',
    grade: 'A',
  },
} as const satisfies Record<string, RuleSource>;
