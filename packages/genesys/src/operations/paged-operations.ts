// Written by scripts/genesys-operations.mjs from the 3468 operations of purecloud-platform-client-v2 262.0.0, and reviewed.

import type { PagedRow } from './operation-rows.js';

/** Operations whose answer is one page of a list: how they page, and the names of their methods. */
// prettier-ignore
export const PAGED_OPERATIONS: readonly (readonly [PagedRow, methods: string])[] = [
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 100 }, `
    getAgenticVirtualagents getBusinessrulesDecisiontableVersionRows getConversationsSummariesSettings getGuides
    getOutboundAttemptlimits getOutboundCallabletimesets getOutboundCallanalysisresponsesets getOutboundCampaignrules
    getOutboundCampaigns getOutboundCampaignsDivisionviews getOutboundContactlistfilters getOutboundContactlists
    getOutboundContactlistsDivisionviews getOutboundContactlisttemplates getOutboundDigitalrulesets getOutboundDnclists
    getOutboundDnclistsDivisionviews getOutboundFilespecificationtemplates getOutboundImporttemplates
    getOutboundMessagingcampaigns getOutboundMessagingcampaignsDivisionviews getOutboundRulesets getOutboundSequences
    getRecordingJobFailedrecordings getRoutingQueueMembers getRoutingQueueUsers
    getSpeechandtextanalyticsProgramsSettingsInsights getSpeechandtextanalyticsReprocessingJobs
  `],
  [{ style: 'cursor', items: 'results' }, `
    getAnalyticsActionsAggregatesJobResults getAnalyticsAgentcopilotsAggregatesJobResults
    getAnalyticsAgentutilizationsAggregatesJobResults getAnalyticsBotsAggregatesJobResults
    getAnalyticsCasemanagementAggregatesJobResults getAnalyticsConversationsAggregatesJobResults
    getAnalyticsCopilotsAggregatesJobResults getAnalyticsEvaluationsAggregatesJobResults
    getAnalyticsFlowexecutionsAggregatesJobResults getAnalyticsFlowsAggregatesJobResults
    getAnalyticsJourneysAggregatesJobResults getAnalyticsKnowledgeAggregatesJobResults
    getAnalyticsResolutionsAggregatesJobResults getAnalyticsSummariesAggregatesJobResults
    getAnalyticsSurveysAggregatesJobResults getAnalyticsTaskmanagementAggregatesJobResults
    getAnalyticsTranscriptsAggregatesJobResults getAnalyticsUsersAggregatesJobResults
    getSocialmediaAnalyticsAggregatesJobResults getSocialmediaAnalyticsMessagesJobResults
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 250 }, `
    getAnalyticsBotflowDivisionsReportingturns getAnalyticsBotflowReportingturns getAnalyticsBotflowSessions
  `],
  [{ style: 'cursor', items: 'conversations', size: 'pageSize' }, `
    getAnalyticsConversationsDetailsJobResults
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 200 }, `
    getAnalyticsDataextractionDownloadsMetadata getAssistantQueues getAssistants getAssistantsQueues
    getAuthorizationDivisionsQuery getAuthorizationPolicies getAuthorizationPoliciesSubjectSubjectId
    getAuthorizationPoliciesTarget getBillingContractsInvoiceLines getBillingContractsInvoices
    getCasemanagementCaseAssociations getCasemanagementCaseStageSteps getCasemanagementCaseStages
    getCasemanagementCaseplanVersionStageplanStepplans getCasemanagementCaseplanVersionStageplans
    getCasemanagementCaseplans getCasemanagementCasesExternalcontact getConversationSuggestions
    getExternalcontactsContactJourneySessions getExternalcontactsImportCsvSettings getIntegrationsCredentialsListing
    getJourneySessionEvents getKnowledgeGuestSessionCategories getKnowledgeKnowledgebaseCategories
    getKnowledgeKnowledgebaseDocumentFeedback getKnowledgeKnowledgebaseDocumentVariations
    getKnowledgeKnowledgebaseDocumentVersionVariations getKnowledgeKnowledgebaseDocumentVersions
    getKnowledgeKnowledgebaseDocuments getKnowledgeKnowledgebaseDocumentsFeedback getKnowledgeKnowledgebaseLabels
    getKnowledgeKnowledgebaseOperations getKnowledgeSettings getKnowledgeSourceSynchronizationDeletions
    getKnowledgeSourceSynchronizationUploads getKnowledgeSourceSynchronizations getKnowledgeSourcesSynchronizations
    getProcessautomationScheduledtriggers getProcessautomationTriggers getProcessautomationTriggersTopics
    getRoutingAssessments getRoutingPredictors getTaskmanagementWorkbinHistory getTaskmanagementWorkbinVersions
    getTaskmanagementWorkitemHistory getTaskmanagementWorkitemVersions getTaskmanagementWorkitemsBulkJobsUsersMe
    getTaskmanagementWorktypeFlowsDatebasedRules getTaskmanagementWorktypeFlowsOnattributechangeRules
    getTaskmanagementWorktypeFlowsOncreateRules getTaskmanagementWorktypeHistory getTaskmanagementWorktypeVersions
    getTelephonyNumbersRouting getTelephonyPrefixes
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', assume: 100 }, `
    getAnalyticsReportingDashboardsUsers getAnalyticsReportingExports getAnalyticsReportingSettingsDashboardsQuery
    getAnalyticsReportingSettingsUserDashboards getArchitectDependencytracking
    getArchitectDependencytrackingConsumedresources getArchitectDependencytrackingConsumingresources
    getArchitectDependencytrackingDeletedresourceconsumers getArchitectDependencytrackingTypes
    getArchitectDependencytrackingUpdatedresourceconsumers getArchitectEmergencygroups
    getArchitectEmergencygroupsDivisionviews getArchitectGrammars getArchitectIvrs getArchitectIvrsDivisionviews
    getArchitectPromptHistoryHistoryId getArchitectPromptResources getArchitectPrompts getArchitectSchedulegroups
    getArchitectSchedulegroupsDivisionviews getArchitectSchedules getArchitectSchedulesDivisionviews
    getArchitectSystempromptHistoryHistoryId getArchitectSystempromptResources getArchitectSystemprompts
    getAuthorizationDivisionGrants getAuthorizationDivisions getAuthorizationDivisionsDeleted
    getAuthorizationDivisionspermittedPagedMe getAuthorizationDivisionspermittedPagedSubjectId
    getAuthorizationPermissions getAuthorizationRoleSubjectgrants getAuthorizationRoleUsers getAuthorizationRoles
    getCoachingAppointmentAnnotations getCoachingAppointmentStatuses getCoachingAppointments getCoachingAppointmentsMe
    getCoachingNotifications getContentmanagementDocuments getContentmanagementShares getContentmanagementStatus
    getContentmanagementWorkspaceDocuments getContentmanagementWorkspaceMembers getContentmanagementWorkspaceTagvalues
    getContentmanagementWorkspaces getConversationsMessageCommunicationMessagesMedia getConversationsMessagesCachedmedia
    getConversationsMessagingIntegrations getConversationsMessagingIntegrationsApple
    getConversationsMessagingIntegrationsFacebook getConversationsMessagingIntegrationsInstagram
    getConversationsMessagingIntegrationsOpen getConversationsMessagingIntegrationsTwitter
    getConversationsMessagingIntegrationsWhatsapp getConversationsMessagingSettings
    getConversationsMessagingSupportedcontent getEmployeeengagementCelebrations
    getEmployeeperformanceExternalmetricsDefinitions getFaxDocuments getFlowHistoryHistoryId getFlowVersions getFlows
    getFlowsDatatableImportJobs getFlowsDatatableRows getFlowsDatatables getFlowsDatatablesDivisionviews
    getFlowsDivisionviews getFlowsLookup getFlowsMilestones getFlowsMilestonesDivisionviews getFlowsOutcomes
    getFlowsOutcomesDivisionviews getGamificationContestAgentsScores getGamificationContestAgentsScoresMe
    getGamificationContests getGamificationContestsMe getGamificationInsights getGdprRequests getGreetings
    getGroupGreetings getGroupMembers getGroups getInfrastructureascodeAccelerators getIntegrations
    getIntegrationsActions getIntegrationsActionsCategories getIntegrationsActionsDrafts getIntegrationsBotconnectorBots
    getIntegrationsBotconnectorBotsSummaries getIntegrationsBotconnectorIntegrationIdBotVersions
    getIntegrationsBotconnectorIntegrationIdBotsSummaries getIntegrationsClientapps getIntegrationsCredentials
    getIntegrationsSpeechAudioconnector getIntegrationsSpeechDialogflowAgents getIntegrationsSpeechDialogflowcxAgents
    getIntegrationsSpeechLexBotBotIdAliases getIntegrationsSpeechLexBots getIntegrationsSpeechLexv2BotBotIdAliases
    getIntegrationsSpeechLexv2Bots getIntegrationsSpeechNuanceNuanceIntegrationIdBots getIntegrationsSpeechSttEngines
    getIntegrationsSpeechTtsEngineVoices getIntegrationsSpeechTtsEngines getIntegrationsTypes
    getIntegrationsUnifiedcommunicationsClientapps getIntegrationsUserapps getIntentsAssignmentsExternalcontact
    getIntentsCategories getIntentsCustomerintentSourceintents getIntentsCustomerintents getIntentsSourceintents
    getJourneyActionmaps getJourneyActiontargets getJourneyActiontemplates getJourneyExternaleventsConfigurations
    getJourneyOutcomes getJourneySegments getJourneyViews getJourneyViewsJobs getJourneyViewsJobsMe
    getJourneyViewsSchedules getLanguages getLanguageunderstandingDomainFeedback getLanguageunderstandingDomainVersions
    getLanguageunderstandingDomains getLearningAssignments getLearningAssignmentsMe getLearningModules
    getLearningModulesAssignments getLicenseUsers getLocations getMessagingSettings getMessagingSupportedcontent
    getMobiledevices getOrgauthorizationTrusteeGroups getOrgauthorizationTrusteeUsers getOrgauthorizationTrustees
    getOrgauthorizationTrustorGroups getOrgauthorizationTrustorUsers getOrgauthorizationTrustors getOrphanrecordings
    getOutboundCampaignSkillcombinations getOutboundCampaignsAll getOutboundCampaignsAllDivisionviews getOutboundEvents
    getPresencedefinitions getProfilesGroups getProfilesUsers getQualityAgentsActivity getQualityCalibrations
    getQualityEvaluationsQuery getQualityEvaluatorsActivity getQualityFormVersions getQualityForms
    getQualityFormsEvaluationVersions getQualityFormsEvaluations getQualityFormsSurveyVersions getQualityFormsSurveys
    getQualityPublishedforms getQualityPublishedformsEvaluations getQualityPublishedformsEvaluationsDivisionviews
    getQualityPublishedformsSurveys getQualityPublishedformsSurveysDivisionviews
    getRecordingCrossplatformMediaretentionpolicies getRecordingJobs getRecordingMediaretentionpolicies
    getRecordingRecordingkeys getResponsemanagementLibraries getResponsemanagementLibrariesDivisionviews
    getResponsemanagementResponses getRoutingEmailDomainRoutes getRoutingEmailDomains getRoutingEmailOutboundDomains
    getRoutingEmailSetting getRoutingLanguages getRoutingMessageRecipients getRoutingQueueWrapupcodes getRoutingQueues
    getRoutingQueuesMe getRoutingSkills getRoutingSmsAddresses getRoutingSmsPhonenumbers getRoutingUtilizationLabels
    getRoutingWrapupcodes getRoutingWrapupcodesDivisionviews getScripts getScriptsDivisionviews getScriptsPublished
    getScriptsPublishedDivisionviews getSocialmediaEscalationrules getSocialmediaTopicDataingestionrules
    getSocialmediaTopicDataingestionrulesFacebookFacebookIngestionRuleIdVersions
    getSocialmediaTopicDataingestionrulesGooglebusinessprofileGoogleBusinessProfileIngestionRuleIdVersions
    getSocialmediaTopicDataingestionrulesInstagramInstagramIngestionRuleIdVersions
    getSocialmediaTopicDataingestionrulesOpenOpenIdVersions
    getSocialmediaTopicDataingestionrulesTwitterTwitterIngestionRuleIdVersions getSocialmediaTopics getStations
    getTelephonyProvidersEdgeTrunks getTelephonyProvidersEdges getTelephonyProvidersEdgesDidpools
    getTelephonyProvidersEdgesDidpoolsDids getTelephonyProvidersEdgesDids getTelephonyProvidersEdgesEdgegroups
    getTelephonyProvidersEdgesExtensionpools getTelephonyProvidersEdgesExtensionpoolsDivisionviews
    getTelephonyProvidersEdgesExtensions getTelephonyProvidersEdgesLinebasesettings getTelephonyProvidersEdgesLines
    getTelephonyProvidersEdgesOutboundroutes getTelephonyProvidersEdgesPhonebasesettings
    getTelephonyProvidersEdgesPhonebasesettingsAvailablemetabases getTelephonyProvidersEdgesPhones
    getTelephonyProvidersEdgesSiteOutboundroutes getTelephonyProvidersEdgesSites
    getTelephonyProvidersEdgesTrunkbasesettings getTelephonyProvidersEdgesTrunkbasesettingsAvailablemetabases
    getTelephonyProvidersEdgesTrunkbasesettingsSiteSiteId getTelephonyProvidersEdgesTrunks getTimezones getUserFavorites
    getUserGreetings getUserQueues getUserRoutinglanguages getUserRoutingskills getUserTrustors getUserrecordings
    getUsers getUsersDevelopmentActivities getUsersDevelopmentActivitiesMe getUsersRuleDependents getUsersRules
    getVoicemailGroupMessages getVoicemailMeMessages getVoicemailQueueMessages getVoicemailUserMessages
    getWebmessagingMessages
  `],
  [{ style: 'cursor', items: 'userDetails', size: 'pageSize' }, `
    getAnalyticsUsersDetailsJobResults
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 100 }, `
    getAssistantsAgentchecklists getBusinessrulesDecisiontableExports getBusinessrulesDecisiontableImports
    getBusinessrulesDecisiontableVersions getBusinessrulesDecisiontables getBusinessrulesDecisiontablesSearch
    getBusinessrulesSchemaVersions getCasemanagementCaseComments getExternalcontactsImportJobs
    getExternalcontactsImportSettings getKnowledgeKnowledgebases
  `],
  [{ style: 'cursor', items: 'entities', size: 'pageSize', max: 500 }, `
    getAuditsQueryTransactionIdResults getRecordingsRetentionQuery
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 10 }, `
    getBillingContracts
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 200 }, `
    getConversationCommunicationInternalmessages getFlowsInstancesSettingsLoglevels getLanguageunderstandingIgnorephrase
    getLanguageunderstandingIgnoretopic
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 50 }, `
    getConversationsCallsHistory getSpeechandtextanalyticsConversationCategories
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize' }, `
    getEmployeeengagementRecognitions getGamificationInsightsManagers getTelephonyProvidersEdgesTimezones
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 100, maxItems: 1000 }, `
    getExternalcontactsContactNotes
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', assume: 100, maxItems: 1000, instead: 'getExternalcontactsScanContacts' }, `
    getExternalcontactsContacts
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize' }, `
    getExternalcontactsContactsExports getExternalcontactsNotesExports getExternalcontactsOrganizationsExports
    getExternalcontactsRelationshipsExports getWebdeploymentsConfigurationVersions getWebdeploymentsConfigurations
    getWebdeploymentsDeployments
  `],
  [{ style: 'cursor', items: 'entities', size: 'limit', max: 200 }, `
    getExternalcontactsExternalsources getExternalcontactsScanContacts getExternalcontactsScanContactsDivisionviewsAll
    getExternalcontactsScanNotes getExternalcontactsScanNotesDivisionviewsAll getExternalcontactsScanOrganizations
    getExternalcontactsScanOrganizationsDivisionviewsAll getExternalcontactsScanRelationships
    getExternalcontactsScanRelationshipsDivisionviewsAll
  `],
  [{ style: 'cursor', items: 'entities', size: 'limit', max: 100 }, `
    getExternalcontactsGraphsClusterscanClusters getExternalcontactsGraphsClusterscans
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', assume: 100, maxItems: 1000 }, `
    getExternalcontactsOrganizationContacts getExternalcontactsOrganizationNotes
    getExternalcontactsOrganizationRelationships
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', assume: 100, maxItems: 1000, instead: 'getExternalcontactsScanOrganizations' }, `
    getExternalcontactsOrganizations
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 500 }, `
    getKnowledgeConnectionOptions
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', assume: 100 }, `
    getOrganizationsLimitsChangerequests getRoutingSkillgroupMembers getRoutingSkillgroups getTeamMembers getTeams
    getUserSkillgroups
  `],
  [{ style: 'cursor', items: 'entities', size: 'pageSize', assume: 100 }, `
    getQualityConversationsAuditsQueryTransactionIdResults getUsersQuery
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 100, maxPage: 5, instead: 'getRoutingQueuesDivisionviewsAll' }, `
    getRoutingQueuesDivisionviews
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 500 }, `
    getRoutingQueuesDivisionviewsAll
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', max: 25 }, `
    getSpeechandtextanalyticsCategories
  `],
  [{ style: 'nextPage', items: 'entities', size: 'pageSize' }, `
    getSpeechandtextanalyticsDictionaryfeedback
  `],
  [{ style: 'nextPage', items: 'entities', size: 'pageSize', assume: 100 }, `
    getSpeechandtextanalyticsPrograms getSpeechandtextanalyticsProgramsMappings
    getSpeechandtextanalyticsProgramsUnpublished
  `],
  [{ style: 'nextPage', items: 'entities', size: 'pageSize', max: 500 }, `
    getSpeechandtextanalyticsTopics
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', max: 50 }, `
    getTaskmanagementWorkitemUserWrapups getTaskmanagementWorkitemWrapups
  `],
  [{ style: 'after', items: 'results', size: 'pageSize', max: 1000 }, `
    getUsageSimplesearchExecutionIdResults
  `],
  [{ style: 'after', items: 'entities' }, `
    getUsersChatsMe
  `],
  [{ style: 'pageNumber', items: 'conversations', size: 'pageSize', assume: 100, body: 'paging' }, `
    postAnalyticsConversationsDetailsQuery
  `],
  [{ style: 'pageNumber', items: 'entities', size: 'pageSize', assume: 100, body: '' }, `
    postAnalyticsReportingSettingsDashboardsQuery postAuditsQueryRealtime postContentmanagementWorkspaceTagvaluesQuery
    postExternalcontactsContactsSearch postOutboundContactlistContactsSearch
  `],
  [{ style: 'pageNumber', items: 'userDetails', size: 'pageSize', assume: 100, body: 'paging' }, `
    postAnalyticsUsersDetailsQuery
  `],
  [{ style: 'after', items: 'entities', size: 'pageSize', assume: 100, body: '' }, `
    postCasemanagementCaseplansQuery postCasemanagementCasesAssociationsQuery postTaskmanagementWorkbinsQuery
    postTaskmanagementWorkitemsQuery postTaskmanagementWorktypesQuery
  `],
  [{ style: 'pageNumber', items: 'results', size: 'pageSize', assume: 100, body: '' }, `
    postDocumentationGknSearch postDocumentationSearch postGroupsSearch postLocationsSearch postQualityEvaluationsSearch
    postResponsemanagementResponseassetsSearch postTeamsSearch postTelephonyProvidersEdgesSitesSearch
    postTelephonyProvidersEdgesTrunkbasesettingsSearch postTelephonyProvidersEdgesTrunksSearch postUsersSearch
    postUsersSearchConversationTarget postUsersSearchQueuemembersManage postUsersSearchTeamsAssign postVoicemailSearch
  `],
];
