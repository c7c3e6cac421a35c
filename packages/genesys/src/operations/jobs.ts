// Written by scripts/genesys-operations.mjs from the 3468 operations of purecloud-platform-client-v2 262.0.0, and reviewed.

import type { JobRow } from './operation-rows.js';

/** Jobs by the method of the SDK that starts them. */
// prettier-ignore
export const JOBS: Readonly<Record<string, JobRow>> = {
  postAnalyticsActionsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsActionsAggregatesJob', results: 'getAnalyticsActionsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsActionsAggregatesJob' },
  postAnalyticsAgentcopilotsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsAgentcopilotsAggregatesJob', results: 'getAnalyticsAgentcopilotsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsAgentcopilotsAggregatesJob' },
  postAnalyticsAgentutilizationsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsAgentutilizationsAggregatesJob', results: 'getAnalyticsAgentutilizationsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsAgentutilizationsAggregatesJob' },
  postAnalyticsBotsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsBotsAggregatesJob', results: 'getAnalyticsBotsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsBotsAggregatesJob' },
  postAnalyticsCasemanagementAggregatesJobs: { id: 'jobId', status: 'getAnalyticsCasemanagementAggregatesJob', results: 'getAnalyticsCasemanagementAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsCasemanagementAggregatesJob' },
  postAnalyticsConversationsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsConversationsAggregatesJob', results: 'getAnalyticsConversationsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsConversationsAggregatesJob' },
  postAnalyticsConversationsDetailsJobs: { id: 'jobId', status: 'getAnalyticsConversationsDetailsJob', results: 'getAnalyticsConversationsDetailsJobResults', items: 'conversations', cursor: true, cancel: 'deleteAnalyticsConversationsDetailsJob' },
  postAnalyticsCopilotsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsCopilotsAggregatesJob', results: 'getAnalyticsCopilotsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsCopilotsAggregatesJob' },
  postAnalyticsEvaluationsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsEvaluationsAggregatesJob', results: 'getAnalyticsEvaluationsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsEvaluationsAggregatesJob' },
  postAnalyticsFlowexecutionsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsFlowexecutionsAggregatesJob', results: 'getAnalyticsFlowexecutionsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsFlowexecutionsAggregatesJob' },
  postAnalyticsFlowsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsFlowsAggregatesJob', results: 'getAnalyticsFlowsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsFlowsAggregatesJob' },
  postAnalyticsJourneysAggregatesJobs: { id: 'jobId', status: 'getAnalyticsJourneysAggregatesJob', results: 'getAnalyticsJourneysAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsJourneysAggregatesJob' },
  postAnalyticsKnowledgeAggregatesJobs: { id: 'jobId', status: 'getAnalyticsKnowledgeAggregatesJob', results: 'getAnalyticsKnowledgeAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsKnowledgeAggregatesJob' },
  postAnalyticsResolutionsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsResolutionsAggregatesJob', results: 'getAnalyticsResolutionsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsResolutionsAggregatesJob' },
  postAnalyticsSummariesAggregatesJobs: { id: 'jobId', status: 'getAnalyticsSummariesAggregatesJob', results: 'getAnalyticsSummariesAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsSummariesAggregatesJob' },
  postAnalyticsSurveysAggregatesJobs: { id: 'jobId', status: 'getAnalyticsSurveysAggregatesJob', results: 'getAnalyticsSurveysAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsSurveysAggregatesJob' },
  postAnalyticsTaskmanagementAggregatesJobs: { id: 'jobId', status: 'getAnalyticsTaskmanagementAggregatesJob', results: 'getAnalyticsTaskmanagementAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsTaskmanagementAggregatesJob' },
  postAnalyticsTranscriptsAggregatesJobs: { id: 'jobId', status: 'getAnalyticsTranscriptsAggregatesJob', results: 'getAnalyticsTranscriptsAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsTranscriptsAggregatesJob' },
  postAnalyticsUsersAggregatesJobs: { id: 'jobId', status: 'getAnalyticsUsersAggregatesJob', results: 'getAnalyticsUsersAggregatesJobResults', items: 'results', cursor: true, cancel: 'deleteAnalyticsUsersAggregatesJob' },
  postAnalyticsUsersDetailsJobs: { id: 'jobId', status: 'getAnalyticsUsersDetailsJob', results: 'getAnalyticsUsersDetailsJobResults', items: 'userDetails', cursor: true, cancel: 'deleteAnalyticsUsersDetailsJob' },
  postCasemanagementCasesQueryJobs: { id: 'id', status: 'getCasemanagementCasesQueryJob', results: 'getCasemanagementCasesQueryJobResults', items: 'entities' },
  postSocialmediaAnalyticsAggregatesJobs: { id: 'jobId', status: 'getSocialmediaAnalyticsAggregatesJob', results: 'getSocialmediaAnalyticsAggregatesJobResults', items: 'results', cursor: true },
  postSocialmediaAnalyticsMessagesJobs: { id: 'jobId', status: 'getSocialmediaAnalyticsMessagesJob', results: 'getSocialmediaAnalyticsMessagesJobResults', items: 'results', cursor: true },
  postTaskmanagementWorkitemsBulkAddJobs: { id: 'id', status: 'getTaskmanagementWorkitemsBulkAddJob', results: 'getTaskmanagementWorkitemsBulkAddJobResults', items: 'results' },
  postTaskmanagementWorkitemsBulkTerminateJobs: { id: 'id', status: 'getTaskmanagementWorkitemsBulkTerminateJob', results: 'getTaskmanagementWorkitemsBulkTerminateJobResults', items: 'results' },
  postTaskmanagementWorkitemsQueryJobs: { id: 'id', status: 'getTaskmanagementWorkitemsQueryJob', results: 'getTaskmanagementWorkitemsQueryJobResults', items: 'entities' },
};
