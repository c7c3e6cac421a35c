// Written by scripts/genesys-bodies.mjs from the 3468 operations of purecloud-platform-client-v2 262.0.0.
// operation-models.ts and operation-tree.ts read these lines.
/* eslint-disable max-lines -- a table */

/** Values of fields, one set in a line. Models name a set by the number of its line. */
export const VALUES = `
1|2|3|4
1|55|65|72
2|23
ACDLANGUAGE|ACDSKILL|ACDWRAPUPCODE|AGENTICVIRTUALAGENT
ACD|EXTERNAL|DIALER
ACTIVE_CAMPAIGNS_LIMIT_EXCEEDED|ALL_CAMPAIGNS_BLACKLISTED|ANOTHER_CAMPAIGN_STARTING|APPROACHING_CONTACT_LIMIT
ACTIVE|ACTIVATING|INACTIVE|DEACTIVATING
ACTIVE|PAUSED|NONE
AI|DynamicDateTime|DynamicList|List
ALLOW|DENY
ALL_CALLS|CALLS_THAT_REACHED_QUEUE
ALL|CALL|CALLBACK|CHAT
AND|OR
APNS|FCM
ARCHIVED|AVAILABLE|DELETED|RESTORED
ARCHIVE|DELETE|EXPORT
ASC|DESC
AVAILABLE|ASSOCIATED
AVAILABLE|AWAY|BUSY|OFFLINE
AbInitio|Resume|Empty
Abandoned|AgentEscalation|Disconnect|Error
Accepted|Executing|Complete|Failed
Accepted|Running|Completed|Failed
AcdSkills|AgentName|Division|Group
AcdSkill|BusinessUnit|DirectoryGroup|Division
AcdSkill|User|Group|Queue
AcrossSubdomains|DomainOrSubdomainOnly
Action|modifyContactAttribute|dataActionBehavior
ActiveAndInactive|Active|Inactive|Deleted
Active|AwaitingFolders|Error|Inactive
Active|Deleted
Active|Deleted|Error|Paused
Active|Errored|Deleted
Active|Error|Inactive|IntegrationDeleted
Active|Inactive
Active|Inactive|Deleted
Active|Inactive|Error|Starting
Active|Paused
Active|Pending|Deleted
Active|Pending|Failed|Saved
ActivitiesOverlap|ActivityEndGreaterThanShiftStop|ActivityPaidTimeGreaterThanShiftPaidTime|ActivityStartBeforeShiftStart
ActivityPlan|Coaching|Learning|Opportunity
Activity|Enquiry|Initiation
AddExplanation|UpdateExplanation|QueryAgentExplanations|QueryBuExplanations
AddTrade|BulkUpdateTradeStates|EvaluateTrades|MatchTrade
Added|Edited|Deleted
AdherenceExplanation|ShiftTrade|TimeOffRequest|AlternativeShift
Admin|User
AdobeExperiencePlatform|Custom
AdvanceTimeElapsed|AutoApproved|BlockedDate|InsufficientBalance
AgentCapabilityMismatch|CannotTradeWithYourself|DirectTradeForOtherUser|InitiatingAgentMinimumTimeBetweenShifts
AgentFirst|CustomerFirst
AgentId|Date|PlanningGroupId
AgentNotFound|AgentNotInSelectedManagementUnit|AgentNotLicensed|AgentWithoutWorkPlan
AgentNotInManagementUnit|OverlappingOverride|OverrideNotFound|TooManyOverrides
Agent|Organization
AllIntervals|VolumeOnlyIntervals
Allow|Disallow|AdminReview
All|Abandoned|AgentEscalation|Complete
All|Concurrent|Sequential
All|Latest
All|Percentage
All|Public|Private|Shared
All|Restricted|Unrestricted
All|SelectedOnly|None
Alphanumeric|NumberSequence|FreeForm
AlreadyMoved|DestinationBusinessUnitAgentLimitExceeded|DestinationManagementUnitAgentLimitExceeded|DestinationManagementUnitDoesNotExist
AlternativeExists|IncreaseNotRequired|PlatformMisuse|PlatformStability
Always|OnlyWhenInactive
And
And|Not
And|Not|Or
And|Or|Not
AppleMessagesForBusiness|Discord|Email|Facebook
ApplePay
Approved|Rejected|Rollback|Pending
App|Pkb|Csp|Prm
ArticlesOnly|ArticlesWithAnswerHighlights|AnswerGeneration
AskForAuthenticationAction|AddFlowMilestoneAction|AskForNLUIntentAction|AskForBooleanAction
Assigned|InProgress|Completed|Deleted
Assistant|BotFlow|MessengerKnowledgeApp|SmartAdvisor
Attachment
Attachment|QuickReply|ButtonResponse|GenericTemplate
Attachment|Reactions|Text
Attended|Unattended
Attendee|Creator|Facilitator
AutoRegressiveIntegratedMovingAverage|MovingAverage|SingleExponentialSmoothing|RandomWalk
AutoSearch|ManualSearch
AutoSearch|ManualSearch|Suggestion
Automated|Manual
AutomaticBestMethod|MainForecast
Auto|Left|Right
Auto|Once|Off
Available|Away|Busy|Offline
Available|Deprecated|Unavailable
AverageAfterCallWorkTimeSeconds|AverageHandleTimeSeconds|AverageTalkTimeSeconds|Offered
BEST|SIMPLE|ABANDON|PATIENCE_ABANDON
BLUR|NONE|IMAGE
BOOLEAN|NUMBER|STRING|STRING_LIST
BOT|COMMONMODULE|DIGITALBOT|EMAILSEND
BUILDINCOMPLETE|BUILDINITIALIZING|BUILDINPROGRESS|BUILDQUEUED
BUILDING|READY|FAILED|NOT_BUILT
BadJson|NotFound|Fail
Basic|Prompt
Basic|Vanity
BestTime
Between|Over|Under
BillTo|ShipTo|EndUser|SoldTo
Blank|Self
Blocked|ManualReview
BotFlow|SmartAdvisor
Bot|Copilot|Digitalbot|Segment
Browse|Normal|Review
BulkDelete|BulkEdit
Bullseye|Conditional|Direct|Last
Bullseye|Conditional|Predictive|Preferred
ButtonResponse
Button|QuickReply|DatePicker
Button|QuickReply|DatePicker|ListPicker
CALLBACK|CALL_RESTRICTION|CALL_RULE|CAMPAIGN
CALL|CHAT|EMAIL|SCREEN
CHECKIN|CHECKOUT|CREATE|DEACTIVATE
CLOUDARCHIVE
CODE|TOKEN|SAML2-BEARER|PASSWORD
CREATE|CHECKIN|CHECKOUT|DEBUG
CSV|PDF
CUSTOMER_EXPERIENCE|ADHOC
Call|Character|Conversation|Course
Call|Chat|Email|Message
Call|Message|Unknown
Canceled|Denied|Expired|Submitted
Chat|Call|Message|Email
Chat|Call|Messaging
Classification|Regression
Client
Client|Server
CoBrowse|Presence|Video
CoBrowse|Typing|Presence|Video
CodeSent|WaitRequired|ActivationFailed|CodeConfirmed
Column|Bar|Line
Comma|Pipe|Colon|Tab
Community|Partner|Genesys
Completed|Failed
Completed|Incomplete|NotAttempted|Unknown
Completed|Valid|Invalid|Failed
Complete|Failed|MoreData
Complete|Failed|Running
Complete|Processing|Error
Concise|Detailed
ConditionsNoEntities|ConditionsNoSequences|ConditionsNoCampaigns|ConditionsNoMessagingCampaigns
ConstraintConflictWithPotentialFixes|ConstraintConflictUnknownFix
ContactList|ContactListTemplate
Continue|Cancel|Retry
Conversation
ConversationMetrics|UserPresence|WorkforceManagement|OperationalConsole
Conversation|Agent|VirtualAgent
Copying|Draft|Published
Count|Min|Timer|Max
Created|Connected|Expired|Failed
Created|Error|Active
Created|Finished
Created|Finished|Failed
Created|InProgress|Completed|Failed
Created|Queued|Running|Complete
Created|Ready|Edited
Created|Running|Completed|Failed
Created|ValidationInProgress|ValidationCompleted|ValidationFailed
Create|Update|Delete|StatusChange
Creating|Available|Deleting|Failed
Credit|NoCredit
Csv|Json
Current|Upcoming
Customer|Agent|Both
Custom|Predefined|Default
DIAGNOSTIC|SYSTEM
DIALER_PRECALL|DIALER_WRAPUP
DISABLED|DAILY|WEEKLY|MONTHLY
DISCONNECT|LIVE_VOICE|BUSY|MACHINE
DOCUMENT
DOCUMENT|FAX|RECORDING
DO_NOT_DIAL|MODIFY_CONTACT_ATTRIBUTE|SWITCH_TO_PREVIEW|APPEND_NUMBER_TO_DNC_LIST
DURATION|DURATION_RANGE
Daily
Daily|FifteenMinutes
Daily|Weekly
Daily|Weekly|Monthly
Dark|Light
Days|Weeks
Day|Week|Month
Day|Week|Month|Year
Default|Topic|SecondaryStatus|CustomCalculation
DeliveryFailed|DeliveryPushed|DeliverySuccess|Failed
Deprecated|Outdated|Modified|UpToDate
DigiCert|Genesys
DigitalBot|Bot|InboundCall|SecureCall
Direct|Indirect|CloudProxy
Disabled|EnabledGlobally|EnabledQueueFlow
Disabled|Low|Medium|High
Disabled|QueueMembersOnly|AnyAgent
Disconnect|Exit
Dismissed|Copied|Opened|Feedback
DocumentContent|SearchResults
Draft|Final
Draft|Locked|Optimized|Scheduled
Draft|Published|Archived
Draft|Published|Error|Preparing
Draft|Send|SendOnce
Draft|TestReady|ProductionReady
EARLY_PREVIEW|PREVIEW|GA
EDGE|CHAT|EMAIL|SCREEN_RECORDING
EMAIL
EMAIL_TRANSCRIPT_TOO_LARGE
ENABLED|DISABLED|DELETED|RESTORED
ENABLED|DISABLED|NOT_SUPPORTED
EQUALS|LESS_THAN|LESS_THAN_EQUALS|GREATER_THAN
EQ|IN|GE|GT
EXTERNAL|EXTERNAL_PCV|EXTERNAL_PCV_AWS|EXTERNAL_BYOC_CARRIER
EXTERNAL|PHONE|EDGE
Email|Call|Chat|Message
Email|Message|Voice
Email|Phone|Any|WhatsApp
Email|Phone|Opaque
Enabled|Disabled
End|Escalate
Ephemeral|Identified|Curated
EqualTo|NotEqualTo|LessThan|GreaterThan
Error|WaitingForScheduleUpdate|ScheduleUpdating|ScheduleUpdated
Error|Warning
EstimatedWaitTime|ServiceLevel
EvaluationStarted|EvaluationInProgress|EvaluationFinalized|EvaluationFinalizedWithAcw
Evaluator|Supervisor
Event
EventCount|CustomerCount|Minimum|Maximum
Exclusion|Inclusion
ExternalId
External|Internal|All
FAILED_CONVERTING_EXPORT_JOB|FAILED_NO_DATA_EXPORT_JOB_FOUND|FAILED_GETTING_DATA_FROM_SERVICE|FAILED_GENERATING_TEMP_FILE
FAILED|PENDING|VERIFIED|UNKNOWN
FAILURE|SUCCESS|UNKNOWN
FULFILLED|PENDING|READY|PROCESSING
FacebookPrivate|FacebookPublic|InstagramPrivate|InstagramPublic
Faq|Article|KnowledgeArticle|KnowledgeSearch
FavorServiceGoals|FavorSchedulingAll
FileAttachments
Finished|InProgress|InReview|Pending
First|Last|Each
FixedLength|Delimited
FlowStartDateTime|FlowEndDateTime|ConversationId|WorkitemId
FromStart|FromEnd
FullInteraction|EvaluatedAgent
GDPR_EXPORT|GDPR_UPDATE|GDPR_DELETE
GET|POST|PUT|PATCH
GROUPRING|GROUPPHONE
Generated|User
GenesysBotConnector|GenesysDialogEngine|AmazonLex|GoogleDialogFlowES
GenesysCloud|PureCloud|PureEngage|PureEngageCloud
Genesys|GenesysExtended
Genesys|GenesysExtended|TranscriptionConnector
Good|Target|Great|Out
GoogleDialogflow|GenesysKnowledge|GenesysKnowledgeV3|Unknown
GoogleDialogflow|Unknown|Genesys
Graceful|Immediate
Gram|Grxml
GreaterThanOrEqual|LessThanOrEqual|Equal|NotEqual
GreaterThan|GreaterThanOrEqualTo|LessThan|LessThanOrEqualTo
Grid|Flow
Gt|Gte|Lt|Lte
HARDWARE|LDM|CDM|CHS
HandleTimeValue|TransferRateValue|SalesConversionRateValue|SalesAmountValue
HangUp|TransferToQueue|TransferToFlow
HasData|Scheduled|Absent|Present
HasQualityEvaluation|NoQualityEvaluation
Hash|Browser
HigherIsBetter|LowerIsBetter|TargetArea
HighestOverallScore|HighestOverallPercentOfGoal
HireDate|Performance
HireDate|Performance|Custom|RandomlyAssign
Hold|SecurePause|FlowOrQueue|Pause
Home|Category|SearchResults|Article
HourOnHourOff|OngoingValueMonitoring
Hours24|Hours72
Human|Bot
INFO|WARNING|ERROR
ININ|MONTH_TO_MONTH|FREE_TRIAL_MONTH_TO_MONTH|PREPAY_MONTHLY_COMMITMENT
INITIATED|SEARCHING|UPDATING|DELETING
INIT|CREATING|UPDATING|OK
INPROGRESS|COMPLETE|ERROR|CANCELING
INVALID|ACTIVE|PORTING|PENDING
IN_PROGRESS|COMPLETED|ERROR
IN_PROGRESS|FAILED
IN_SERVICE|MIXED_SERVICE|OUT_OF_SERVICE|NO_EDGES
Idle|Queued|Running|Succeeded
Ignore|Information|Warning|Error
Image|Video|Audio|File
Import|Export|Parse|Sync
Import|ImportedHistoricalWeightedAverage|HistoricalWeightedAverage|Advanced
InAdherence|OutOfAdherence|Unscheduled|Unknown
InProgress|Complete
InProgress|Completed
InProgress|Completed|Error
InProgress|Completed|Failed
InProgress|Complete|Error
InProgress|Complete|Failed
InProgress|Succeeded|Failed
InProgress|Success
InProgress|Uploaded|Failed
InQueue|InProgress|PostProcessing|Completed
Inbound
Inbound|Outbound
Includes|DoesNotInclude|StartsWith|EndsWith
Include|Exclude
Include|Exclude|Optional
Incorrect|Correct|Unknown|Disabled
Incremental|Full
Individual|Group
Informational|AssessedContent|Assessment|External
Informational|Coaching|AssessedContent|Assessment
Information|Warning|Error
Initiated|Completed|Error
Initiated|InProgress|Pending|Success
InitiatingAgentScheduleNotFound|InitiatingAgentShiftHasExternalActivities|InitiatingAgentShiftNotFound|InitiatingExternalActivityOutsideReceivingShift
Input|Output|InputAndOutput|GuideOnly
Intent|ConversationStart
Intent|Topic
Interaction|Insights|Development|Scorecard
Internal|External|Both
Interval|Instance
InvalidRequest|ValidationInProgress|DeleteInProgress|RequestIdNotFound
Json|Csv|Xlsx
Json|TopLevelPrimitives
KmsSymmetric|LocalKeyManager|Native|None
LAST_ATTEMPT_BY_COLUMN|LAST_ATTEMPT_OVERALL|LAST_WRAPUP_BY_COLUMN|LAST_WRAPUP_OVERALL
LOCKED|UNLOCKED|STARTED|PENDING_GENERATION
Late
LaunchFlow
Learning|ActivityPlan
Lexical|Semantic
ListNamePrefix|ListNamePrefixMonthDayYear|ListNamePrefixMonthDayYearHourMinuteSecond|ListNamePrefixPart
ListOffers|SearchOffers|ListUserTrades|SearchTrades
LongTerm|ShortTerm
Low|Medium|High|Unknown
MANAGED|REMOTE
MANDATORY|OPTIONAL|MANDATORY_TIMEOUT|MANDATORY_FORCED_TIMEOUT
MEETS_THRESHOLD|ANY
METRIC|CHART|PIE|HEAT_MAP
Manual
Manual|Prompt|Document|Transcripts
Maximization|Minimization
Mention|Reply
Message
MessageExpired|RateLimited|MessageNotAllowed|GeneralError
Message|Voice|Unknown
MessagingTemplate|CampaignSmsTemplate|CampaignEmailTemplate|Footer
MessengerHomeHeaderTitle|MessengerHomeHeaderSubTitle|PushNotificationTitle|PushNotificationBody
MessengerKnowledgeApp|SupportCenter
MicrosoftTeams|ZoomPhone|EightByEight
MinimumPerInterval|MaximumPerInterval|SetValuePerInterval|ChangeValuePerInterval
Minutes|Hours
Modal|Overlay|Toast
Module|Accelerator|Blueprint
NAME|ADDRESS|PHONE|EMAIL
NEVER|TODAY|DAYS_2|DAYS_3
NEW|AWAITING_CONNECTION|AWAITING_FINGERPRINT|AWAITING_FINGERPRINT_VERIFICATION
NONE|BEST|ALL
NONE|INIT|IN_PROGRESS|EXPIRED
NONE|LIMITED|PUBLIC
NONE|WAIT|WAIT_TIMEOUT|TERMINATE
NO_CONVERSATION|UNKNOWN_CONVERSATION|CONVERSATION_NOT_COMPLETE|CONVERSATION_NOT_EVALUATED
NUMERIC|TEXT|TIMESTAMP
Name|Duration
Native|External
Negative|Positive
Neutral|Positive|Negative
Never|Always|CheckLimits|CheckActivityCodes
NextDayOff|PreviousDayOff
NluV3
NoAnonymization|All|AllExceptTop
NoEnd|EndDate|Numbered
NoOp|Disconnect|WaitForInput|Exit
NoPublishedSchedule|NoSourceForecast
None|FilterUpdate
None|GoogleBusinessProfile|RoadsideAssistance|YouTube
None|GoogleBusinessProfile|YouTube
None|Percent|Currency|Seconds
None|Queued|Scheduling|Canceled
None|Seconds|Minutes|Hours
NotCalculated|Declining|SlightlyDeclining|NoChange
NotEnoughData|ServiceError|UnknownError
NotPresent|Invalid|Valid
NotStarted|FetchingConversationIds|ConversationIdsFetched|ConversationIdsFetchError
Number|Integer
OFF_QUEUE|IDLE|INTERACTING|NOT_RESPONDING
ONLINE|OFFLINE
OPERATIONAL|DEGRADED|OFFLINE|UNKNOWN
Offered|AverageHandleTimeSeconds
On
OnCreate|OnAttributeChange|Date
OnDemand|Scheduled
OnQueueWork|Break|Meal|Meeting
On|Off|OnDemand
Open
Open|Closed
Open|InProgress|Waiting|Closed
Or
Original|Individual|None
Or|And|Near
Outbound
OwnedByMe|OwnedByAnyone|NotOwnedByMe
PC_USER|PC_GROUP|PC_OAUTH_CLIENT|PC_TRUSTEE_USER
PENDING|APPROVED|DENIED|CANCELED
PENDING|COMPLETED|FAILED
PENDING|INPROGRESS|FINISHED|INREVIEW
PHONE
PHONE|EMAIL|SMS
PHONE|ZIP
PRIMARY|SECONDARY
PRIMARY|WORK|WORK2|WORK3
PUBLISH|CHECKIN|SAVE
PURECLOUD|LASTCALL|NONE
PURE_CLOUD|PURE_CLOUD_VOICE
Paid|Unpaid
Paragraph|Image|Video|OrderedList
Passed|Completed|Failed|Incomplete
Passed|Failed|Unknown
Passed|Failed|Unknown|Skipped
Pending|Active|Complete|Canceled
Pending|Active|Inactive|Error
Pending|Active|Removing|Error
Pending|Approved|Denied
Pending|InProgress|Completed|Failed
Pending|InProgress|Finished
Pending|InProgress|Retry|Complete
Pending|Queued|Started|Completed
Pending|Sent|InProgress|Finished
Pending|Success|Failed|Ongoing
Pending|Transferring|Available|Unknown
Pending|Verified|Failed|Unknown
Percentage|Quantity|Column|Custom
Permanent|Temporary
Permitted|Rejected
Planned|InProgress|Completed|InvalidSchedule
Policy|User|Unknown|Program
Poor|Neutral|Good
Positive|Negative|Neutral|Unknown
PreContact|PostContact
Premises|Cloud
Primary|Secondary|System
Private
Processing|Complete
Processing|Complete|Canceled|Error
Processing|Complete|Error
Processing|Error|AutomaticallyComplete|ManuallyComplete
Processing|Error|Complete
Processing|Failed|Succeeded
Public
Public|Preview
Public|Private
Published|Draft
Publish|Create|Update|Export
PureCloud|Public|China|NotRequested
QUEUED|PENDING|FAILED|CANCELLED
QUEUE_PERFORMANCE_SUMMARY_VIEW|QUEUE_PERFORMANCE_DETAIL_VIEW|INTERACTION_SEARCH_VIEW|AGENT_PERFORMANCE_SUMMARY_VIEW
Quarterly
Queued|InProgress|Completed|Failed
Queued|Running|Succeeded|Failed
QuickReply|Card|Carousel
QuickReply|Story|Card|Carousel
QuotaReached|ParsingError|ServiceError|InvalidRequest
RANDOM|ROUND_ROBIN|SEQUENTIAL
RECORDING|FAX|DOCUMENT|ALL
RETAIN_INDEFINITELY|RETAIN_WITH_TTL|IMMEDIATE_DELETE
RUNNING|SUCCEEDED|FAILED
Reactions|Attachment|Location|QuickReply
ReadyToParse|ParseInProgress|ParseCompleted|ReadyToImport
Read|Create|Update|Delete
Reason|Resolution|ActionItem
Receipt
Recognition|ContestComplete
RecordingService|RecordingPlaybackService|QualityService|HorusService
Recording|Evaluation|Calibration|Annotation
ReduceConcurrentActivitiesAcrossBu|ReduceConcurrentActivitiesAcrossMu|ConsistentServiceLevel
Registered|Running|Success|Failed
Registered|Started|Success|Failure
Relative|FixedEnd
ReplaceAll|Append
Reply|ReplyAll|Forward
RequestReceived|ProvisionRequestSentVendor|Provisioned|Error
RunPlan|DeleteActivityPlan|DeleteOccurrence|DeleteOccurrences
Running|Completed
Running|Completed|CompletedWithErrors|Failed
Running|Completed|Failed
Running|Completed|Failed|Cancelled
Running|Failed|Succeeded
SALESFORCE
SCALED|OFF
SEMICOLON|COMMA
SEQUENTIAL|RANDOM
SET|INCREMENT|DECREMENT|CURRENT_TIME
SINGLE_PUT|MULTIPART_POST
STANDARD|ACTIVITY|TYPING|NOTICE
STATION|PHONENUMBER
STATION|VOICEMAIL|NAME
STRING|NUMERIC|DATETIME|PERIOD
SUBMITTED|RUNNING|CANCELLING|CANCELLED
SUCCESSFUL_COLLECTION|CONFIRMATION_REQUIRED|ESCALATION_TRIGGERED|CLIENT_ACTION_REQUIRED
SUCCESS|FAILURE
SUCCESS|FAILURE|WARNING
SalesConversion|Churn|Retention|SalesValue
Salesforce|ServiceNow
Scheduled|InProgress|Completed|InvalidSchedule
Scheduled|Manual
Scheduled|Manual|Unknown
Seconds|Milliseconds|Hhmmss|Hms
Seconds|Percent|Number|Currency
Sent|Delivered|Failed|Published
Sent|Delivered|Read|Failed
Session|Customer
Sharepoint
Sharepoint|FileUpload
ShiftStart|ShiftStartAndPaidDuration
Signature
SingleSelect|MultiSelect
Sms|Email|WhatsApp
SocialLine|SocialFacebook|SocialTwitter|SocialWhatsapp
SourceIntegration|OverrideIntegration
Standard|Custom
Standard|Enhanced
StartingWeeklyFullTimeEquivalentCount|NewHiresFullTimeEquivalentCount|AttritionPercentage|ShrinkagePercentage
String|Integer|Number|Boolean
Structured
SuccessCollection|SuccessConfirmationYes|SuccessConfirmationNo|SkippedCollection
Success|Failed|InProgress|Unknown
Success|Failure|Warning
Suggested|Accepted|Dismissed|Failed
Sunday|Monday|Tuesday|Wednesday
Supported|NotSupported
System|User
TEAM|GROUP|SKILLGROUP
TERM|NUMBERRANGE|NUMBERHISTOGRAM|DATERANGE
TOPIC|PROGRAM|PROGRAM_TOPIC_LINK|TOPIC_PHRASE
TWITTER|INSTAGRAM|FACEBOOK|APPLE_MESSAGES
TerminateWorkitems|AddWorkitems
Term|Topic|OperandGroup
Text
TextBlock|BulletPoints|GroupedTextBlocks|GroupedBulletPoints
TextOnly|ImageOnly|LeftText|RightText
Text|Receipt
Text|Structured|Receipt|Event
ThankYou|Congratulations|HighPerformance|CompanyValues
Ticked|Unticked
TimedOut|NoData|ClientDataInvalid|ConfigurationInvalid
Timeout|Suspend|Logout|Empty
Timestamp
TimestampAndPriority|PriorityOnly
Total|Cumulative
Trained|Error|InvalidDataset|Inactive
TransitionNotAllowed|NotAuthorized
TriggeredByUser|AgentRequestedByUser|TriggeredByFlow|Error
TriggeredByUser|TriggeredByFlow|SessionExpired|Error
Trunk|Station|Consult|Screen
Twitter|Facebook|Instagram|Line
Typing
UNKNOWN|AVAILABLE|AWAY|BUSY
UNKNOWN|OFF_QUEUE|IDLE|INTERACTING
UNKNOWN|RUNNING|ERROR|TERMINATED
UPDATE|DELETE|COPY|MOVE
UPLOADING|NOT_UPLOADED|UPLOADED|ERROR_ON_UPLOAD
UPLOAD|COPYDOCUMENT|MOVEDOCUMENT|DELETEWORKSPACE
USER|CLIENT|GROUP|TEAM
USER|GROUP
USER|GROUP|PUBLIC
USER|ORGANIZATION|GROUP
USER|PHONE|IVR_CONFIG|GROUP
USER|SYSTEM|GENESYS_INTERNAL
UnableToBid|ChangeOfCircumstance|NewHire|EmployeeMove
Unauthorized|Requested|Authorized|Revoked
Unevaluated|Evaluating|Evaluated|Error
Unknown|Abandon|Answered|FlowOut
Unknown|AcdStarted|Alerting|AlertTimeout
Unknown|AgentLevel|ConversationLevel
Unknown|Article|AutoSearch|Category
Unknown|Article|Snippet|Highlight
Unknown|Callback|Chat|Cobrowse
Unknown|Call|Callback|Email
Unknown|Create|Update|Delete
Unknown|Disabled|Base|Notes
Unknown|EmailDomain|MockEmailDomain|EmailSmtpDomain
Unknown|Endpoint|Client|System
Unknown|ExitRequestedByUser|ExitRequestedByBot|ExitError
Unknown|Fallback|ConversationStart|ConversationTransfer
Unknown|InProgress|Open|Completed
Unknown|InQueue|Starting|InProgress
Unknown|Inbound|Outbound
Unknown|Manual|Throttled|PreviouslyEscalated
Unknown|Message|Call|Email
Unknown|None|Workitem
Unknown|NotSupported|High|Low
Unknown|Open|InProgress|Terminated
Unknown|Open|InProgress|Terminating
Unknown|Queued|InProgress|Succeeded
Unknown|Sms|Twitter|Facebook
Unknown|Terminate
Unknown|Urgent|High|Medium
Unknown|UserExit|BotExit|Error
Unmatched|Matched|Approved|Denied
UnscheduledAttendees|SessionsNotDeleted
Unspecified|Positive|Neutral|Negative
Untrained|Training|Trained|Error
Upcoming|Ongoing|Pending|RecentlyCompleted
Update|Create|Delete
UploadPending|Unpacking|Error|Ready
Up|Down|Flat
Up|Down|None|Unknown
Url|Content|GenesysBuiltInCourse|RichText
UserCreated|GenesysBeyond
UserId|TrusteeOrganizationId|ClientId|Action
UserId|TrusteeOrganizationId|TrusteeOnlyAudits|ClientId
UserNotFound|UserGroupLimitExceeded|UserGroupDivisionMismatch
User|Customer|Other
User|Group|Queue
User|Group|Queue|Team
User|Group|ServiceProviderConfig|ResourceType
User|OAuthClient
User|System|GENESYS_INTERNAL
VALID|INVALID|NOT_AVAILABLE
Validating|Validated|Importing
Visible|Hidden
Voice|Chat|Email|Callback
Voice|Digital|All
Voice|Message|Email
Voluntary|Seasonal|Leave|Performance
WaitingForAgents|WaitingForContacts|WaitingForLines
WaitingForUpload|Processing|Failed|Succeeded
WarnMaxCPAalarm
Web|Custom|Conversation|App
Web|Voice
Weekly|Monthly
Weekly|PlanningPeriod
Welcome|Fallback
Wildcard|Null|Empty|CurrentTime
Workflow
WrapUpCode|Outcome|None
YES|NO
acd|agent|api|botflow
activeRouting|addressFrom|addressTo|agentScore
active|deleted
active|disabled|inactive
active|inactive
active|inactive|deleted
adhoc|acd|group|oneOnOne
af-south-1|ap-east-1|ap-northeast-1|ap-northeast-2
agentless|preview|power|predictive
alerting|connected|disconnected
alerting|connected|disconnected|none
alerting|connected|parked|disconnected
alerting|dialing|contacting|offering
alert|barging|callback|coaching
always|never|default|request
android|ios
and|or
api|data-actions|smtp|imap
apple|facebook|instagram|kakao
ar-AE|cs-CZ|da-DK|de-AT
ascending|descending
asc|desc|unordered
body|subject
bool|integer|real|date
bot|commonmodule|digitalbot|emailsend
callback|chat|cobrowse|email
campaignProgress|campaignAgents|campaignRecordsAttempted|campaignContactsMessaged
categories|channel|knowledgeBaseIds
chat|email|twitter
client|system|peer|transfer
contact|organization
containsAll|containsAny|notContainsAll|notContainsAny
conversationStart|conversationEnd|segmentStart|segmentEnd
created|uploaded|transcoded|transcodeFailed
dateDue|dateExpires|ttl|dateCreated
default|elin
desktop|mobile|tablet|other
email|sms|voice|whatsapp
en-US
en-US|en-UK|en-AU|en-CA
en-ZA|en-AU|en-GB|en-IE
en-us|en-gb|en-au|en-in
en-us|en-gb|en-au|en-za
endpoint|client|system|timeout
endpoint|client|system|transfer
endpoint|endpoint.donotdisturb|client|system
en|en-AU|en-CA|en-GB
equals|greaterThan|greaterThanEqualTo|lessThan
external|external.pcv|external.pcv.aws|external.pcv.byoc.carrier
general
hangup|transfer|transfer_flow|play_file
healthy|WaitingForAgents|WaitingForContacts|WaitingForLines
image/png|image/jpeg|image/gif
inbound|outbound
inbound|outbound|both
internal|search|social|email
ip|dns|gateway|tdm
local|mobile|tollfree|shortcode
mandatory|optional|agentRequested|timeout
multipleChoiceQuestion|multipleSelectQuestion|freeTextQuestion|npsQuestion
nAbandon|nConnected|nInteractions|nOffered
none|active|paused
none|any|local|foreign
none|connected|disconnected
none|server|global
numeric|alphabetic
oActiveQueues|oMemberQueues
oActiveUsers|oMemberUsers|oOffQueueUsers|oOnQueueUsers
oAlerting|oInteracting|oLongestInteracting|oLongestWaiting
oFlow
oTeamOffQueueUsers|oTeamOnQueueUsers|oTeamPresences|oTeamRoutingStatuses
oWorkitemsUnassigned|oWorkitemsAssigned|oWorkitemsConnected|oWorkitemsParked
oauth|oauth2|oauthbearertoken|httpbasic
official|social
onEachTrigger|oncePerDay
on|off|complete
on|stopping|off|complete
organizationPresenceId|presenceDate|queueId|queueMembershipStatus
pending|complete|failed|timeout
person|group|org
private|public
public|owners|members
queued|sent|failed|received
rds|rds_custom|dnc.com|gryphon
readWrite|readOnly|immutable|writeOnly
requested|active|paused|stopped
requiresCurrentUser|requiresPermissions|requiresDivisionPermissions|requiresAnyDivisionPermissions
sms|facebook|twitter|whatsapp
sms|whatsapp|open
statusId
string|boolean|decimal|integer
string|guid|dateTime
system
termFrequency|numericRange
text/plain|text/html
turnOnCampaign|turnOffCampaign|turnOnSequence|turnOffSequence
unknown|none|quarantine|reject
uploading|valid|invalid
urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified|urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress|urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName|urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName
urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST|urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect
v2
voice|email|message
webchat|webMessagingOffer|contentOffer|integrationAction
workforce.management.forecast|agent.assistant|agentic.virtual.agents|analytics.agents
work|other
work|work2|work3|work4
wrapupCondition|systemDispositionCondition|contactAttributeCondition|phoneNumberCondition
`;

/** One model in a line: its name and its fields. Models and operations name a model by the number of its line. */
export const MODELS = `
ADFS id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
AcceleratorList entities*>2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AcceleratorMetadata id name description origin=3x type=9z classification tags* selfUri
AcceleratorSpecification id name description origin=3x type=9z classification tags* permissions* products* documentation*>1gw presentation*>1gx results>1gz selfUri
AchievedOutcome id! selfUri
Action id name integrationId category contract>c version# secure? config>b selfUri
ActionAggregateDataContainer group% data*>20o
ActionAggregateQueryResponse results*>6
ActionAsyncAggregateQueryResponse results*>6 cursor
ActionCertificate signingAuthority=5d certificate status=4r type=3q
ActionCertificateListing entities*>9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ActionConfig timeoutSeconds# request>1s7 response>1sm
ActionContract output>m input>e
ActionEntityListing entities*>5 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ActionInput inputSchema>18o inputSchemaFlattened>18o inputSchemaUri
ActionMap id version# isActive? displayName! triggerWithSegments* triggerWithEventConditions*>xn triggerWithOutcomeProbabilityConditions*>1m2 triggerWithOutcomePercentileConditions*>1lz triggerWithOutcomeQuantileConditions*>1m3 pageUrlConditions*>284 activation>t weight# action>g actionMapScheduleGroups>l ignoreFrequencyCap? selfUri createdDate modifiedDate startDate endDate
ActionMapAction actionTemplate>h mediaType=kp actionTargetId isPacingEnabled? props>n architectFlowFields>65 webMessagingOfferFields>2cy openActionFields>1jm
ActionMapActionTemplate id selfUri
ActionMapEstimateResult qualifiedSessionCount# totalSessionCount# perSegmentCounts*>1wi outcomesScoresCount#
ActionMapListing entities*>f pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ActionMapScheduleGroup id!
ActionMapScheduleGroups actionMapScheduleGroup!>k emergencyActionMapScheduleGroup>k
ActionOutput successSchema>18o successSchemaUri errorSchema>18o errorSchemaUri successSchemaFlattened~ errorSchemaFlattened~
ActionProperties webchatPrompt webchatTitleText webchatAcceptText webchatDeclineText webchatSurvey~
ActionTarget id name userData*>18u supportedMediaTypes* state=i0 description serviceLevel>1x1 shortAbandonThreshold# selfUri createdDate modifiedDate
ActionTargetListing entities*>o pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ActionTemplate id name! description version# mediaType!=kp state!=z contentOffer>lh selfUri createdDate modifiedDate
ActionTemplateListing entities*>q pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ActivateExternalEventResponse schemaId eventName displayName rank# activationStatus
Activation type! delayInSeconds#
ActivationTrigger triggerType=8y triggerDate intentId intentName
ActivityCode id! selfUri name isActive? isDefault? category=b2 lengthInMinutes# countsAsPaidTime? countsAsWorkTime? agentTimeOffSelectable? metadata!>2dz
ActivityCodeContainer activityCodes%>v metadata!>2dz
ActivityCodeReference id! selfUri
ActivityCodeStyle backgroundColor! textColorTheme!=56
ActivityCodeSummary id! name secondaryPresences*>1w5 selfUri
ActivityCodesReference ids* selfUri
ActivityPlanAbandonRateImpactOverride increaseByPercent!#
ActivityPlanAsaImpactOverride increaseByPercent!#
ActivityPlanJobException exceptionType!=gt occurrences!*>18
ActivityPlanJobListing entities*>15
ActivityPlanJobResponse id! status!=ci exceptions!*>13 error>wg activityPlan!>1f type!=dj occurrence>18 selfUri
ActivityPlanListItem id! name! managementUnits*>1ew description! activityCode!>x type!=8q optimizationObjective!=6q recurrenceSettings>1rb state!=y lastRunDate lastRunBy>29n createdDate! createdBy!>29n modifiedDate! modifiedBy!>29n initialSchedulePeriod>1uq selfUri
ActivityPlanListing entities*>16
ActivityPlanOccurrenceReference id! selfUri
ActivityPlanOccurrenceSessionsUsersStructureReference id! sessions!*~ selfUri
ActivityPlanReference id! selfUri
ActivityPlanResponse id! name! managementUnits*>1ew description! activityCode!>x type!=8q initialSchedulePeriod!>1up lengthMinutes!# groupSettings>13o recurrenceSettings>1rb attendeesSearchRule>29y facilitated!? facilitatorsSearchRule>29y transitionTimeMinutes!# serviceGoalImpactOverrides>1d optimizationObjective!=6q fixedAvailability*>zy state!=y countsAsPaidTime!? createdDate! createdBy!>29n modifiedDate! modifiedBy!>29n lastRunDate lastRunBy>29n startTimeIncrementMinutes# selfUri
ActivityPlanRunJobResponse id! status!=ci exceptions!*>13 error>wg activityPlan!>1a selfUri
ActivityPlanServiceGoalImpactOverrides abandonRate!>11 serviceLevel!>1e averageSpeedOfAnswer!>12
ActivityPlanServiceLevelImpactOverride decreaseByPercent!#
ActivityPlanStructureWithOccurrenceSessionsUsersReference id! occurrences!*>19 selfUri
AcwSettings wrapupPrompt=9i timeoutMs#
AddConversationResponse conversation>n8 appointment>ip
AdditionalLanguagesIntent id utterances*>1ii
Address name nameRaw addressNormalized addressRaw addressDisplayable
AddressableEntityRef id selfUri
AddressableLicenseDefinition id selfUri
AdherenceExplanationAsyncResponse job>1o
AdherenceExplanationJob id type=17 status=ci adherenceExplanation>1t downloadUrl error>wg agentQueryResponseTemplate>1q buQueryResponseTemplate>1r selfUri
AdherenceExplanationJobReference id type=17 status=ci selfUri
AdherenceExplanationListing entities*>1t
AdherenceExplanationListingAgentQueryResponse entities*>1t
AdherenceExplanationListingBuQueryResponse entities*>1t
AdherenceExplanationNotification id agent>29n managementUnit>1ew businessUnit>e3 startDate lengthMinutes# status=bw type=99
AdherenceExplanationResponse id agent!>29n managementUnit!>1ew businessUnit!>e3 type!=99 status!=bw startDate! lengthMinutes!# notes reviewedBy>29n reviewedDate selfUri
AdherenceSettings severeAlertThresholdMinutes# adherenceTargetPercent# adherenceExceptionThresholdSeconds# nonOnQueueActivitiesEquivalent? trackOnQueueActivity? ignoredActivityCategories~ ignoredActivityCodeIds~
Adjacents superiors*>289 siblings*>289 directReports*>289
AdminAgentScheduleBidBiddingPreference agent!>29n submitted!? assignedScheduleSetId overriddenScheduleSetId overrideReason agentScheduleBidPreferencePriorities!*>35 endDate
AdminAgentScheduleBidPreferenceResponse result>1y downloadUrl
AdminAgentScheduleSetPreferences id! bid>1u6 bidGroup>1u1 agentsScheduleBidPreferences!*>1w selfUri
AdminAgentWorkPlanBiddingPreference agent!>29n submitted!? assignedWorkPlan>2es overriddenWorkPlan>2es overrideReason=fy priorities*#
AdminAgentWorkPlanPreferenceResponse id! workPlans!*>2es agentWorkPlanBidPreferences!*>1z selfUri
AfterCallWorkUpdate afterCallWorkRequired!?
AgentActivity id name agent>289 numEvaluations# averageEvaluationScore# numCriticalEvaluations# averageCriticalScore# highestEvaluationScore# lowestEvaluationScore# highestCriticalScore# lowestCriticalScore# agentEvaluatorActivityList*>2n numEvaluationsWithoutViewPermission# selfUri
AgentActivityEntityListing entities*>22 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AgentAdherenceDayMetrics dayStartOffsetSeconds!# adherenceScheduleSeconds!# conformanceScheduleSeconds# conformanceActualSeconds# exceptionCount!# exceptionDurationSeconds!# impactSeconds!# scheduleLengthSeconds!# actualLengthSeconds!# adherencePercentage# conformancePercentage#
AgentAdherenceScheduledActivity activityCodeId! startOffsetSeconds!# endOffsetSeconds!#
AgentAssignedScheduleSetList agentAssignedShiftSets!*~
AgentBulkAddOpportunityEnrollment id opportunityId!
AgentBulkAddOpportunityEnrollmentResult status! error>cy enrollment!>27
AgentBulkAddOpportunityEnrollmentsResponse results!*>28 errorCount!#
AgentBulkStatusUpdateOpportunityEnrollmentsResponse results!*>cx errorCount!#
AgentBusinessUnitOpportunities id opportunities!*~ selfUri
AgentChecklist id name! language! checklistItems!*>2e createdBy>29n modifiedBy>29n dateCreated dateModified selfUri
AgentChecklistInfo id! name! checklistItems!*>i7 selfUri
AgentChecklistItem id name! description automatedCheckEnabled? exactPhraseMatch? important? selfUri
AgentChecklistListing entities*>2c nextUri selfUri previousUri
AgentChecklistResponse id! name! checklistItems!*>i7 activationTriggers*>u status!=6d exitReason language! agentId participantId queueId assistantId mediaType=hh direction=8k preview? evaluationStartDate evaluationLastModifiedDate evaluationFinalizedDate evaluationFinalizedWithAcwDate success? errorCode errorMessage selfUri
AgentChecklistResponseList entities*>2g nextUri selfUri previousUri
AgentCopilotAggregateDataContainer group% data*>20o
AgentCopilotAggregateQueryResponse results*>2i
AgentCopilotAsyncAggregateQueryResponse results*>2i cursor
AgentDirectRoutingBackupSettings queueId userId waitForAgent? agentWaitSeconds# backedUpUsers*
AgentEffectiveBid id! name effectiveDate! endDate downloadUrl! downloadTemplate>26 selfUri
AgentEvaluatorActivity id name agent>289 evaluator>289 numEvaluations# averageEvaluationScore# numEvaluationsWithoutViewPermission# selfUri
AgentGreeting id inboundPrompt>1ov outboundPrompt>1ov inboundPromptDefaultLanguage outboundPromptDefaultLanguage selfUri
AgentIntegrationAssociationResponse agentExternalId! integration!>2dp locked!?
AgentIntegrationsResponse agent!>29n selectedIntegration>2dp userSelected? associatedIntegrations!*>2p
AgentManagementUnitReference user>29n managementUnit>1ew businessUnit>e3
AgentMaxUtilizationResponse utilization%>1fo labelUtilizations%>1ba maxInboundCalls# level=1j
AgentMuQueryResponse status!=ch operationId! result>2v downloadUrl error>wg
AgentMuScheduleItem agent!>29n shifts!*~ fullDayTimeOffMarkerDates!*
AgentMuScheduleResult referenceStartDate! agentSchedules!*>2u
AgentOwnedMappingPreview agentOwnedColumn email userId exists? isQueueMember? recordCount#
AgentOwnedMappingPreviewListing entities*>2w
AgentOwnedRouting enableAgentOwnedCallbacks? maxOwnedCallbackHours# maxOwnedCallbackDelayHours#
AgentPossibleWorkShiftsResponse weekStartDate pattern*# weeklyPossibleWorkShifts*>1o1 schedulerIntervalLengthMinutes# timeZone
AgentQueryAdherenceExplanationsResponse job>1o result>1q downloadUrl
AgentQueryOpportunities nextStartDate businessUnits!*>2b
AgentQueryOpportunitiesResponse result>31 downloadUrl
AgentScheduleBid id! name bidWindowStartDate! bidWindowEndDate! effectiveDate! status! bidType! selfUri
AgentScheduleBidScheduleSetResponse downloadUrl! downloadTemplate>8q
AgentScheduleBiddingPreferencePriority scheduleSetId! priority#
AgentScheduleBiddingPreferenceResponse id submitted!? assignedScheduleSetId overriddenScheduleSetId overrideReason agentScheduleBidPreferences!*>35 selfUri
AgentScheduleBids id businessUnit!>e3 agentScheduleBids!*>33 selfUri
AgentScheduleUnavailableTime timeSpan!>2dw notes
AgentSchedulingPreference id timeSpan!>2dw preferenceLevel!
AgentSchedulingPreferenceListing entities*>39
AgentScoringRule id programId samplingType!=1p samplingPercentage# submissionType!=2h evaluationFormContextId! enabled!? published? evaluator>1k agentToScore=6t dateCreated dateModified selfUri
AgentScoringRuleEntityListing entities*>3b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AgentStateActivityCategoryCount activityCategory count#
AgentStateAdherenceStateCount adherenceState count#
AgentStateIsOutOfOfficeCount isOutOfOffice? count#
AgentStatePresenceCount systemPresence=fm organizationPresenceId count#
AgentStateRoutingStatusCount routingStatus=fn count#
AgentStateSegmentTypeCount segmentType=i8 count#
AgentUtilizationAggregateDataContainer group% data*>20o
AgentUtilizationAggregateQueryResponse results*>3j
AgentUtilizationAsyncAggregateQueryResponse results*>3j cursor
AgentVideoSettings allowCamera? allowScreenShare? allowMicrophone? background=2p backgroundImage~
AgentWorkPlan id! name constrainWeeklyPaidTime!? flexibleWeeklyPaidTime!? weeklyExactPaidMinutes!# weeklyMinimumPaidMinutes!# weeklyMaximumPaidMinutes!# optionalDays>1xd shifts!*>3t selfUri
AgentWorkPlanBid id! name bidWindowStartDate! bidWindowEndDate! effectiveDate! status!=5n workPlanFieldsVisibleToAgents!* bidType selfUri
AgentWorkPlanBiddingPreference workPlan!>2es priority#
AgentWorkPlanBiddingPreferenceResponse id submitted!? assignedWorkPlan>2es overriddenWorkPlan>2es overrideReason=fy agentWorkPlanBidPreferences!*>3p selfUri
AgentWorkPlanBids id businessUnit>e3 agentWorkPlanBids!*>3o selfUri
AgentWorkPlanListResponse entities*>3n managementUnit!>1ew
AgentWorkPlanShift days!>1xd flexibleStartTime!? exactStartTimeMinutesFromMidnight!# earliestStartTimeMinutesFromMidnight!# latestStartTimeMinutesFromMidnight!# earliestStopTimeMinutesFromMidnight!# constrainLatestStopTime!? latestStopTimeMinutesFromMidnight!# flexiblePaidTime!? exactPaidTimeMinutes!# minimumPaidTimeMinutes!# maximumPaidTimeMinutes!# activities!*~
AgentWorkPlans user!>29n workPlanLookupKeysPerWeek!*#
AgenticVersionAddressableEntity version selfUri
AgenticVirtualAgent id name dateCreated dateModified status latestSavedVersion>3v latestProductionReadyVersion>3v imageUri selfUri
AgenticVirtualAgentEntityListing entities*>3w pageSize# pageNumber# total# pageCount#
AgenticVirtualAgentJob id status errors*>wg selfUri
AgenticVirtualAgentVersionPublishJob id status errors*>wg selfUri
AgentlessEmailSendResponseDto id conversationId! senderType!=ba fromAddress!>vc toAddresses!*>vc replyToAddress>vc subject dateCreated! selfUri
AgentsEffectiveScheduleSetResponse effectiveBids!*>2m
AgentsIntegrationsListing entities*>2q
AgentsWorkPlansResponse downloadUrl result>1ho
AggregatedHistoricalExportJobResponse id selfUri
AggregatedHistoricalExportJobStatus id! status! downloadUrl error>ol selfUri
AggregatedSessionExportJobResponse id selfUri
AggregatedSessionExportJobStatus id! status! downloadUrl error>ol selfUri
AggregatedSnapshotExportJobResponse id selfUri
AggregatedSnapshotExportJobStatus id! status! downloadUrl error>ol selfUri
AggregationResult type=kg dimension metric count# results*>4b
AggregationResultEntry count# value gte# lt#
AiScoring failureType=cz pending? dateLastChanged
AiScoringSettings id questionGroupSettings*>1pw selfUri
AlertListing entities*>je pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AlertNotification recipient! notificationTypes!* locale
AlertRuleProperties id name type!=4a
AlertSummary entities!*>4i conversation>1k metricType!=92 entitiesAreTeamMembers!?
AlertSummaryEntity entityType!=h8 user>1k group>1k queue>1k team>1k alerting!?
AlertablePresences alertablePresences!*
AlertingUnreadStatus unread!?
AllTimePoints user>29n dateEndWorkday allTimePoints#
Alteration type=6h start end
AlternativeShiftAgentScheduledShift dayIndex!# referenceKey! startDate! lengthMinutes!# activities!*>9z
AlternativeShiftAsyncResponse job!>4r
AlternativeShiftBuSettingsResponse enabledGranularities!* minMinutesBeforeStartTime!# retainedActivityCategories!* metadata!>2dz
AlternativeShiftBulkUpdateTradesResponseTemplate entities*>4w
AlternativeShiftJobReference id status!=ci type!=9e selfUri
AlternativeShiftJobResponse id status!=ci type!=9e downloadUrl error>wg viewOffersResults>4u viewTradesResults>4z bulkUpdateTradesResults>4q selfUri
AlternativeShiftNotification id weekDate! granularity!=52 newState=3m initiatingUser!>29n initiatingShiftDate! receivingUser>29n receivingShiftDate selfUri
AlternativeShiftOffersViewResponseTemplate jobId! businessUnitId! agentId! managementUnitId! schedule!>4v offerWeekDate! shifts!*>4n alternativeDays!*>4n
AlternativeShiftScheduleLookup id! weekDate!
AlternativeShiftTradeBulkUpdateTemplateItem tradeId! state!=3m failureReason=fg adminDateReviewed adminReviewedBy>29n metadata!>2dz
AlternativeShiftTradeListing entities*>4y
AlternativeShiftTradeResponse id shiftOfferJobId! existingShifts!*>4n offeredShifts!*>4n schedule!>4v managementUnit!>1ew user!>29n weekDate expirationDate state!=3m processingStatus=6a systemDateReviewed adminDateReviewed adminReviewedBy>29n violations!* metadata!>2dz selfUri
AlternativeShiftTradesViewResponseTemplate entities*>4y
AnalyticsAgentStateAgentResponse userId divisionId userName managerId sessionCount# sessions*>51 systemPresence=fm organizationPresenceId presenceDate routingStatus=fn routingStatusDate isOutOfOffice? managementUnitId businessUnitId adherenceState adherenceImpact adherenceDate scheduledActivityCodeId scheduledActivityCategory actualActivityCategory
AnalyticsAgentStateAgentSessionResult conversationId sessionId sessionStart segmentStart segmentType=i8 routedQueueId requestedRoutingSkillIds* requestedLanguageId originatingDirection=jc mediaType=ik
AnalyticsAgentStateCountsResponse segmentCounts*>3i presenceCounts*>3g routingStatusCounts*>3h isOutOfOfficeCounts*>3f adherenceStateCounts*>3e scheduledActivityCategoryCounts*>3d actualActivityCategoryCounts*>3d
AnalyticsAgentStateQueryResponse entities*>50
AnalyticsConversation accessAttributes* associatedConversationId conferenceStart consultationConversationIds* conversationEnd conversationId conversationInitiator=hv conversationStart customerParticipation? divisionIds* externalTag inactivityTimeout knowledgeBaseIds* mediaStatsMinConversationMos# mediaStatsMinConversationRFactor# originatingDirection=jc originatingSocialMediaPublic? selfServed? evaluations*>5a surveys*>5i resolutions*>5f participants*>5b
AnalyticsConversationAsyncQueryResponse conversations*>54 cursor dataAvailabilityDate
AnalyticsConversationQueryResponse conversations*>57 aggregations*>4a totalHits#
AnalyticsConversationWithoutAttributes accessAttributes* associatedConversationId conferenceStart consultationConversationIds* conversationEnd conversationId conversationInitiator=hv conversationStart customerParticipation? divisionIds* externalTag inactivityTimeout knowledgeBaseIds* mediaStatsMinConversationMos# mediaStatsMinConversationRFactor# originatingDirection=jc originatingSocialMediaPublic? selfServed? evaluations*>5a surveys*>5i resolutions*>5f participants*>5c
AnalyticsConversationWithoutAttributesMultiGetResponse conversations*>57
AnalyticsDataRetentionResponse retentionDays# dateCreated dateModified
AnalyticsEvaluation assigneeApplicable? assigneeId calibrationId contextId deleted? evaluationId evaluationStatus=6s evaluatorId eventTime formId formName queueId released? rescored? systemSubmitted? userId oTotalCriticalScore# oTotalScore#
AnalyticsParticipant externalContactId externalOrganizationId flaggedReason=j8 participantId participantName purpose=hv screenRecording? teamId
AnalyticsParticipantWithoutAttributes externalContactId externalOrganizationId flaggedReason=j8 participantId participantName purpose=hv screenRecording? teamId userId sessions*>5h
AnalyticsProperty property propertyType=ii value
AnalyticsReportingSettings piiMaskingEnabled? queueAgentAccessObfuscation? myInteractionsPiiMaskingEnabled?
AnalyticsResolution eventTime queueId userId nNextContactAvoided#
AnalyticsRoutingStatusRecord startTime endTime routingStatus=av
AnalyticsSession activeSkillIds* acwSkipped? addressFrom addressOther addressSelf addressTo agentAssistantId agentBullseyeRing#
AnalyticsSurvey eventTime queueId surveyCompletedDate surveyFormContextId surveyFormId surveyFormName surveyId surveyPartialResponse? surveyPromoterScore# surveyStatus surveyType=hn userId oSurveyTotalScore#
AnalyticsUserDetail userId primaryPresence*>5m routingStatus*>5g
AnalyticsUserDetailsAsyncQueryResponse userDetails*>5j cursor dataAvailabilityDate
AnalyticsUserDetailsQueryResponse userDetails*>5j aggregations*>4a totalHits#
AnalyticsUserPresenceRecord startTime endTime systemPresence=i organizationPresenceId
Annotation id name type location# durationMs# absoluteLocation# absoluteDurationMs# recordingLocation# recordingDurationMs# user>289 description reason=7p annotations*>5n realtimeLocation# selfUri
AnswerGenerationConfig enabled!?
AnswerGenerationDocument id title selfUri
ApiUsageQueryResult results*>5r queryStatus=42 cursors>ox
ApiUsageRow clientId clientName organizationId userId templateUri httpMethod status200# status300# status400# status500# status429# requests# date
AppEvent eventName! screenName! app!>17k device!>rx ipAddress ipOrganization geolocation>17u sdkLibrary>1w0 networkConnectivity>1hx mktCampaign>17m searchQuery attributes!%>p3 traits!%>p3
AppEventResponse id! customerId! customerIdType! eventName! screenName! app!>17k device!>rx ipOrganization geolocation>17u sdkLibrary>1w0 networkConnectivity>1hx mktCampaign>17m session!>5u searchQuery attributes!%>p3 traits!%>p3 externalId createdDate!
AppEventResponseSession id! durationInSeconds!# eventCount!# screenviewCount!# referrer>1rc selfUri createdDate!
AppleAuthentication oauthClientId oauthClientSecret oauthTokenUrl oauthScope
AppleIMessageApp applicationName! applicationId! bundleId!
AppleIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
AppleIntegration id! name! supportedContent>21y messagingSetting>1gn messagesForBusinessId! businessName logoUrl status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw createStatus=8u createError>wg appleIMessageApp>5w appleAuthentication>5v applePay>62 identityResolution>5x selfUri
AppleIntegrationEntityListing entities*>5y pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AppleInvitation businessName! transcriptMessage! templateType! locale!
AppleOpaqueId value
ApplePay storeName! merchantId! domainName! paymentCapabilities!* supportedPaymentNetworks!* paymentCertificateCredentialId! paymentGatewayUrl! fallbackUrl shippingMethodUpdateUrl shippingContactUpdateUrl paymentMethodUpdateUrl orderTrackingUrl
ApprovalNamespace namespace=kq status=23 type=ce
ArchitectExportJobStateResponse id status=de command=cq downloadUrl messages*>66 selfUri
ArchitectFlowFields architectFlow>1k flowRequestMappings*~
ArchitectJobMessage dateTime type=6b text details*>67
ArchitectJobMessageDetail type url method requestBody statusCode# statusMessage correlationId responseBody
ArchitectJobStateResponse id flow>1k status=de command=cq messages*>66 selfUri
ArchitectValidateJobStateResponse id status command messages*>66 selfUri
Article title uri snippets* confidence# metadata%>1gv version>1k variations*>1k
AssessmentForm id dateModified contextId selfUri published? passPercent!# questionGroups!*>6c
AssessmentFormQuestionGroup id name! type! contextId defaultAnswersToHighest? defaultAnswersToNA? naEnabled? weight# manualWeight? questions!*~ visibilityCondition>2bz
AssessmentJobListing total# entities*>8p selfUri
AssessmentListing entities*>8o nextUri selfUri previousUri
AssessmentQuestionGroupScore questionGroupId! totalScore# maxTotalScore# markedNA? systemMarkedNA? totalCriticalScore# maxTotalCriticalScore# totalNonCriticalScore# maxTotalNonCriticalScore# totalScoreUnweighted# maxTotalScoreUnweighted# totalCriticalScoreUnweighted# maxTotalCriticalScoreUnweighted# totalNonCriticalScoreUnweighted# maxTotalNonCriticalScoreUnweighted# questionScores*>6g
AssessmentQuestionScore failedKillQuestion? comments questionId! answerId score# markedNA? systemMarkedNA? freeTextAnswer
AssessmentScoringSet totalScore# totalCriticalScore# totalNonCriticalScore# questionGroupScores!*>6f failureReasons* comments agentComments isPassed?
AssignedLearningModule id name! excludedFromCatalog? createdBy>29n dateCreated modifiedBy>29n dateModified version# externalId source=h2 rule>1ch enforceContentOrder? reviewAssessmentResults>1t1 autoAssign>1c2 currentAssignments*>1bl selfUri isArchived? isPublished? description completionTimeInDays!# type=8r informSteps*>1c4 assessmentForm>6b summaryData>1cj reassignSummaryData>1cg coverArt>1c3 lengthInMinutes# archivalMode=79
AssignedLearningModuleDomainEntityListing entities*>6i pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AssignedSegment id! selfUri
AssignedWrapupCode code notes tags* durationSeconds# endTime
Assignment assignedMembers*>29n removedMembers*>29n assignmentErrors*>6n
AssignmentError user>29n message
AssignmentValidation membersNotAssigned*>29n membersAlreadyAssigned*>29n membersAlreadyAssignedToOther*>1lf invalidMemberAssignments*>17a
Assistant id name! dateCreated dateModified createdBy>29n modifiedBy>29n googleDialogflowConfig>132 transcriptionConfig!>25h knowledgeSuggestionConfig>1b1 state=y copilot>nl selfUri variationParent>1k
AssistantCopilotVariation id name! dateCreated dateModified createdBy>29n modifiedBy>29n googleDialogflowConfig>132 transcriptionConfig!>25h knowledgeSuggestionConfig>1b1 state=y copilot!>nl selfUri variationParent>1k
AssistantCopilotVariationListing entities*>6q nextUri selfUri previousUri
AssistantListing entities*>6p nextUri selfUri previousUri
AssistantQueue id! mediaTypes!* assistant>6p dateCreated dateModified selfUri
AssistantQueueListing entities*>6t nextUri selfUri previousUri
AssistantQueueUsersJobErrorInfo message code
AssistantQueueUsersJobsResponse id selfUri status=8f errorInfo>6v
AssistantQueueUsersQueryResponse queue>6t users*>29n
AssociatedValueField dataType!=au name!
AsyncConversationQuery conversationFilters*~ segmentFilters*~ evaluationFilters*~ surveyFilters*~ resolutionFilters*~ order=ig orderBy=ir interval! limit#
AsyncForecastOperationResult status=ch operationId result>bm progress#
AsyncIntradayResponse status=ch operationId result>b4
AsyncJob id selfUri state=dn
AsyncQueryResponse jobId
AsyncQueryStatus state=cs errorMessage expirationDate submissionDate completionDate
Attachment attachmentId name contentUri contentType contentLength# inlineImage?
AttemptLimits id name dateCreated dateModified version# maxAttemptsPerContact# maxAttemptsPerNumber# timeZoneId resetPeriod=a1 recallEntries%>1qh selfUri
AttemptLimitsEntityListing entities*>76 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AttendanceStatus dateWorkday attendanceStatusType=7i hasEvaluation=7j
AttendanceStatusListing entities*>78
Attribute id name! version# description createdBy>tw dateCreated modifiedBy>tw dateModified selfUri
AudioConnectorIntegration id name selfUri
AudioConnectorIntegrationEntityListing entities*>7b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AudioFormat channels# bitsPerSample# sampleRate# encoding
AuditLogMessage id userHomeOrgId user>tw client>1k remoteIp* serviceName level=fx eventDate message>1g2 action entity>tw entityType status=e2 application initiatingAction>15x transactionInitiator? propertyChanges*>1p0 context% entityChanges*>wd
AuditQueryEntity name actions*
AuditQueryExecutionResultsResponse id pageSize# cursor entities*>7e
AuditQueryExecutionStatusResponse id state=cw startDate interval serviceName filters*>7i sort*>7l
AuditQueryFilter property!=h3 value!
AuditQueryService name entities*>7f
AuditQueryServiceMapping services*>7j
AuditQuerySort name!=fc sortOrder!=if
AuditRealtimeQueryResultsResponse entities*>7e pageSize# pageNumber# total# pageCount#
AuditRealtimeRelatedResultsResponse entities*>7e
AuthenticationProperties sharepoint>1xi
AuthenticationSettings enabled!? integrationId! allowSessionUpgrade?
AuthenticatorSelection authenticatorAttachment requireResidentKey? residentKey userVerification
AuthoringKnowledgeSettings knowledgeId description knowledgeType=em inheritFromExternal?
AuthorizationPolicy id name targetResource subject!>210 effect!=9 condition~ description dateModified presetAttributes%>277 active? applyToClients? selfUri
AuthorizationPolicyEntityListing entities*>7s nextUri selfUri previousUri
AuthorizationSettings id analysisEnabled? analysisDays# dateLastCalculated dateLastActive selfUri
AuthorizedDomains outbound*
AuthzDivision id name description! homeDivision? objectCounts%# selfUri
AuthzDivisionCursorListing entities*>7w nextUri selfUri previousUri
AuthzDivisionEntityListing entities*>7w pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
AuthzDivisionGrantEntityListing entities*>80 pageSize# pageNumber# total# pageCount#
AuthzGrant subjectId division>7w role>81 grantMadeAt
AuthzGrantRole id name description policies*~ default? selfUri
AuthzSubject id name grants*>80 version# selfUri
AutoAnswerSetting enabled!?
AutoAnswerSettings settings!%>83
AutoSearchConfig type=25
AutoStatusTransitionDetail nextStatus>2g8 dateOfTransition errorDetails>22v
AutomaticTimeZoneMappingSettings callableWindows*>ew supportedCountries*
AvailabilityRange earliestStartMinutesFromMidnight!# latestEndMinutesFromMidnight!#
AvailableMediaType mediaType availableSubTypes*
AvailableMediaTypeEntityListing entities*>89
AvailableTime dateStart lengthInMinutes# isPaid? activityCategory=b2 wfmSchedule>2dt
AvailableTimeOffRange timeOffLimit>24g startDate granularity=53 availableMinutesPerInterval*# waitlistedRequestsPerInterval*# waitlistEnabled?
AvailableTimeOffResponse values*>8c
AvailableTopic description id permissionDetails*>1mz requiresPermissions* requiresDivisionPermissions? requiresAnyValidator? enforced? visibility=cn schema%~ requiresCurrentUser? requiresCurrentUserOrPermission? transports* publicApiTemplateUriPaths* topicParameters*
AvailableTopicEntityListing entities*>8e
AvailableTranslations orgSpecific* builtin*
BaseProgramEntity id name selfUri
BaseTopicEntitiy id name selfUri
BatchDownloadJobResult conversationId recordingId resultUrl contentType errorMsg
BatchDownloadJobStatusResult id jobId expectedResultCount# resultCount# errorCount# status=8a results*>8j selfUri
BatchDownloadJobSubmissionResult id selfUri
BatchEventResponse errors*>xr
BeginWebAuthnRegistrationResponse publicKey!>1p3
BenefitAssessment id queues*>1k kpiAssessments*>18r state=4h jobId dateCreated dateModified selfUri
BenefitAssessmentJob id state=4g dateCreated dateModified selfUri
BidGroupScheduleSet shiftSets!*>1xj
BidGroupWorkPlanResponse id managementUnit>1ew overrideAgentCount# suggestedAgentCount# agentCountRange~ selfUri
BidGroupWorkPlanRotationResponse id! managementUnit!>1ew agentCount!# selfUri
BillingCharge id name product>94 organizations*>1hr prepaidQuantity# fairuseQuantity# actualQuantity# overageQuantity# overageRate# overageCharge# overageCurrency convertedTokenCount# tokenConversionRate#
BillingContract id externalNumber status=y commercialModel purchaseOrderNumbers* billToCustomer>p7 soldToCustomer>p7 endCustomer>p7 dateStart dateEnd dateRampStart dateRampEnd billingPeriods*>8w plans*>92
BillingContractListing entities*>8u nextUri selfUri previousUri
BillingContractPeriod id dateStart dateEnd status=b5
BillingContractPeriodDetail id dateStart dateEnd status=b5 charges*>8t wallets*>98
BillingInvoice id billToCustomer>p7 shipToCustomer>p7 soldToCustomer>p7 dateInvoiced billToAddress>17b shipToAddress>17b currencyIsoCode paymentStatus=bo paymentTerms paymentLink customerPoNumber customerInvoiceType amount#
BillingInvoiceItem id product>94 description dateTransacted dateStart dateEnd organization>1hr quantity# unitOfMeasure=3j amount#
BillingInvoiceItemListing entities*>8z nextUri selfUri previousUri
BillingInvoiceListing entities*>8y nextUri selfUri previousUri
BillingPlan id name organizations*>1hr product>94 items*>93
BillingPlanItem itemNumber name type function description dateChargedThrough currencyIsoCode discountAmount#
BillingProduct id sku name unitOfMeasure=3j
BillingUsage name! totalUsage! resources!*>97
BillingUsageReport id name startDate! endDate! status=89 usages!*>95 selfUri
BillingUsageResource name! date!
BillingWallet id name organizations*>1hr product>94 startingBalance# endingBalance# balanceIncrease# balanceDecrease# balanceConsumption# balanceOverage# balanceOverageRate# balanceOverageCharge# balanceOverageCurrency unitOfMeasure=3j
Biography biography interests* hobbies* spouse education*>va
Bot id name description provider versions*>9u botCompositeTag selfUri
BotAggregateDataContainer group% data*>20o
BotAggregateQueryResponse results*>9b
BotAsyncAggregateQueryResponse results*>9b cursor
BotChannel name!=3o inputModes!* outputModes!* userAgent!~
BotConnectorBot id! name description versions!*>9h botCompositeTag selfUri
BotConnectorBotSummaryEntityListing entities*>9s pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
BotConnectorBotVersion version! supportedLanguages!* intents!*>9n
BotConnectorBotVersionSummaryEntityListing entities*>9v pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
BotConnectorIntent name entities*~
BotConnectorSummary id name description botCompositeTag versions*>9l
BotConnectorVersionSummary version
BotFlowSession id flow>wc conversation>1k channel>9e language endLanguage botResult=gc botResultCategory=gr dateCreated dateCompleted
BotIntent name! slots%~
BotList chatBots!*>9f
BotListing entities*>9a pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
BotSearchResponse id! name! botType!=72 description virtualAgentEnabled? selfUri
BotSearchResponseEntityListing entities*>9q
BotSummary name! id! description botCompositeTag
BotSummaryEntityListing entities*>9k pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
BotVersion version supportedLanguages* intents*>9j
BotVersionSummary name! id! description botCompositeTag version!
Browser family! version! lang fingerprint isMobile? viewHeight# viewWidth# featuresFlash!? featuresJava!? featuresPdf!? featuresWebrtc!?
BuAbandonRate include!? percent#
BuActivitySettingsResponse defaultActivityCode>x
BuAgentScheduleActivity startDate! lengthMinutes!# description! activityCodeId! paid? payableMinutes# timeOffRequestId timeOffRequestSyncVersion# externalActivityId externalActivityType=15
BuAgentScheduleHistoryChange metadata>a1 shifts*>a8 fullDayTimeOffMarkers*>au deletes>a2
BuAgentScheduleHistoryChangeMetadata dateModified modifiedBy>29n
BuAgentScheduleHistoryDeletedChange shiftIds* fullDayTimeOffMarkerDates* agentSchedule?
BuAgentScheduleHistoryDroppedChange metadata>a1 shiftIds* fullDayTimeOffMarkerDates* deletes>a2
BuAgentScheduleHistoryResponse priorPublishedSchedules*>bf basePublishedSchedule>a0 droppedChanges*>a3 changes*>a0
BuAgentSchedulePublishedScheduleReference id weekDate weekCount# selfUri
BuAgentScheduleQueryResponse user>29n shifts*>a8 fullDayTimeOffMarkers*>au workPlan>2es workPlansPerWeek*>2es metadata>2dz
BuAgentScheduleSearchResponse user>29n shifts*>a8 fullDayTimeOffMarkers*>au
BuAgentScheduleShift id startDate lengthMinutes# activities*>9z manuallyEdited? schedule>bf workPlanId workPlanShiftId
BuAgentScheduleUpdate type=19 shiftStartDates*
BuAgentSchedulesQueryResponse agentSchedules*>a6 businessUnitTimeZone
BuAgentSchedulesSearchResponse agentSchedules*>a7 businessUnitTimeZone publishedSchedules*>a5
BuAlternativeShiftJobResponse id! status!=ci type!=9e downloadUrl error>wg viewOffersResults>4u viewTradesResults>4z bulkUpdateTradesResults>4q selfUri
BuAsyncAgentSchedulesQueryResponse status=ch operationId result>aa progress# downloadUrl
BuAsyncAgentSchedulesSearchResponse status=ch operationId result>ab progress# downloadUrl
BuAsyncScheduleResponse status=ch operationId result>be
BuAsyncScheduleRunResponse status=ch operationId result>bh
BuAverageSpeedOfAnswer include!? seconds#
BuConvertTimeOffGranularityLimitJobListing entities*>ak
BuConvertTimeOffLimitGranularityJobProgress dateEarliestComplete dateLatestComplete numberOfDaysComplete# percentageComplete#
BuConvertTimeOffLimitGranularityJobResponse id! timeOffLimit!>bt status! progress>aj error>wg selfUri
BuCurrentAgentScheduleSearchResponse agentSchedules*>a7 businessUnitTimeZone publishedSchedules*>a5 startDate endDate updates*>a9
BuForecastGenerationPlanningGroupResult planningGroupId metricResults*>at
BuForecastGenerationResult planningGroupResults*>am
BuForecastModificationResponse type!=9w startIntervalIndex# endIntervalIndex# metric!=ay legacyMetric=2n value# values!*>2dg secondaryValues*>2dg displayGranularity! granularity! secondaryGranularity enabled!? planningGroupIds!*
BuForecastResult referenceStartDate planningGroups*>11f weekNumber# weekCount#
BuForecastResultResponse result>ap downloadUrl
BuForecastStaffingRequirementsResult weekNumber!# downloadUrl! downloadUrlExpirationDate! planningGroupStaffingRequirements*>20d
BuForecastStaffingRequirementsResultResponse businessUnitId! forecast!>bp referenceStartDate! weekCount!# intervalLengthMinutes!# state!=ci results*>ar
BuForecastTimeSeriesResult metric=ay forecastingMethod=2e forecastType=9f
BuFullDayTimeOffMarker businessUnitDate startOffsetMinutes# endOffsetMinutes# lengthMinutes# description activityCodeId paid? payableMinutes#
BuHeadcountForecastBuPlanningGroupHeadcountForecastResult entities*>b8 referenceStartDate
BuHeadcountForecastBuPlanningGroupHeadcountForecastUploadSchema entities*~ referenceStartDate
BuHeadcountForecastResponse result>av downloadUrl
BuImportAgentScheduleUploadSchema userId! workPlanId~ workPlanIdsPerWeek~ shifts*~ fullDayTimeOffMarkers*>au
BuImportShortTermForecastSchema description! weekCount!# planningGroups!*>11f longTermPlanningGroups*>1em canUseForScheduling?
BuImportTimeOffLimitValue importDateTime! importMinutes#
BuImportTimeOffLimitValuesSchema limitValues!*>b0 metadata!>2dz
BuImportTimeOffLimitValuesUploadResponse uploadKey url headers% uploadBodySchema>b1
BuIntradayDataGroup mediaType=hf forecastDataSummary~ forecastDataPerInterval*~ scheduleDataSummary~ scheduleDataPerInterval*~ performancePredictionDataSummary~ performancePredictionDataPerInterval*~
BuIntradayResponse startDate endDate intervalLengthMinutes# noDataReason=aj categories* shortTermForecast>bp schedule>bf intradayDataGroupings*>b3
BuListAlternativeShiftTradesResponse job>ac result>4x
BuManagementUnitScheduleSummary managementUnit>1ew agentCount# startDate endDate agents*>29n
BuNotificationSettingsResponse scheduling~
BuPlanningGroupHeadcountForecastResult requiredPerInterval*# requiredWithoutShrinkagePerInterval*# planningGroup>1nk
BuQueryAdherenceExplanationsResponse job>1o result>1r downloadUrl
BuRescheduleAgentScheduleResult managementUnit>1ew downloadResult>1hp downloadUrl
BuRescheduleResult generationResults>1ua generationResultsDownloadUrl headcountForecast>av headcountForecastDownloadUrl agentSchedules*>ba
BuScheduleListItem id weekDate weekCount# description published? shortTermForecast>bp generationResults>1ub metadata>2dz selfUri
BuScheduleListing entities*>bc
BuScheduleMetadata id weekDate weekCount# description published? shortTermForecast>bp generationResults>1ub metadata>2dz managementUnits*>b6 selfUri
BuScheduleReference id weekDate selfUri
BuScheduleReferenceForMuRoute id weekDate businessUnit>e3 selfUri
BuScheduleRun id! schedulerRunId intradayRescheduling? state=ao weekCount# percentComplete# targetWeek schedule>bf scheduleDescription schedulingStartTime schedulingStartedBy>29n schedulingCanceledBy>29n schedulingCompletedTime messageCount# messageSeverityCounts*>1um reschedulingOptions>1sb reschedulingResultExpiration selfUri
BuScheduleRunListing entities*>bh
BuSchedulerSettingsResponse consistentServiceLevelSmoothing!? metadata!>2dz
BuSchedulingSettingsResponse messageSeverities!*>1un syncTimeOffProperties!* enableTimeOffFullDayEstimation!? serviceGoalImpact!>2dv allowWorkPlanPerMinuteGranularity!? activitySmoothingType!=dc induceScheduleVariability!?
BuServiceLevel include!? percent# seconds#
BuShortTermForecast id! weekDate weekCount# creationMethod=87 description legacy? metadata>2dz canUseForScheduling? referenceStartDate sourceDays*>11j modifications*>ao generationResults>an timeZone planningGroupsVersion# planningGroups>11h selfUri
BuShortTermForecastListItem id! weekDate weekCount# creationMethod=87 description legacy? metadata>2dz canUseForScheduling? selfUri
BuShortTermForecastListing entities*>bn
BuShortTermForecastReference id weekDate! description selfUri
BuShortTermForecastWeekReference id! weekDate! description weekNumber!# selfUri
BuShortTermForecastingSettings defaultHistoryWeeks#
BuTimeOffLimitListing entities*>bu
BuTimeOffLimitReference id! selfUri
BuTimeOffLimitResponse id! staffingGroup>20a managementUnit>1ew granularity metadata!>2dz fullDayTimeOffStartTime selfUri
BuTimeOffLimitValueRange id! timeOffLimit!>bt startDate! granularity!=53 limitMinutesPerInterval!*# allocatedMinutesPerInterval!*# waitlistedMinutesPerInterval!*# waitlistedRequestsPerInterval!*# metadata!>2dz selfUri
BuTimeOffLimitValues startDate! valuesPerDay>24i valuesPerFifteenMinutes>24i
BuTimeOffLimitValuesForGranularityResponse timeOffLimit!>bt granularity! limitValues*>bw metadata!>2dz
BuTimeOffLimitValuesResponse values*>bv
BuTimeOffPlanListing entities*>c0 downloadUrl
BuTimeOffPlanResponse id! name! activityCodeIds!* timeOffLimits*>bt autoApprovalRule!=ad daysBeforeStartToExpireFromWaitlist!# autoPublishApprovedTimeOffRequests? restrictedActivityCodes>10 overrideDates*>1mb hrisTimeOffType>14r enabled!? countAgainstTimeOffLimits!? businessUnitAssociation>24k managementUnitAssociation>24m metadata!>2dz selfUri
BuUpdateAgentScheduleUploadSchema userId! workPlanId~ workPlanIdsPerWeek~ shifts*~ fullDayTimeOffMarkers*>au metadata>2dz delete?
BuUserListing managementUnits!*>1ey
BulkAddDecisionTableRowsResponse totalCreated!# rows!*>qy
BulkAddOpportunitiesResponse opportunities!*>1ko
BulkCallbackPatchResponse results*>dm errorCount# errorIndexes*#
BulkContactsEnrichResponse results*>da errorCount# errorIndexes*#
BulkContactsResponse results*>dc errorCount# errorIndexes*#
BulkDeleteResponse results*>dl errorCount# errorIndexes*#
BulkEntityErrorContactEnrichRequest code message status# retryable? details*~ entity~
BulkEntityErrorContactList code message status# retryable? details*~ entity>ku
BulkEntityErrorEntity code message status# retryable? details*~ entity>wc
BulkEntityErrorExternalContact code message status# retryable? details*~ entity>yc
BulkEntityErrorExternalOrganization code message status# retryable? details*~ entity>yt
BulkEntityErrorExternalOrganizationEnrichRequest code message status# retryable? details*~ entity~
BulkEntityErrorNote code message status# retryable? details*~ entity>1ij
BulkEntityErrorPrefix code message status# retryable? details*~ entity>1of
BulkEntityErrorRelationship code message status# retryable? details*~ entity>1ri
BulkError message code
BulkFetchContactsResponse results*>db errorCount# errorIndexes*#
BulkFetchNotesResponse results*>dg errorCount# errorIndexes*#
BulkFetchOrganizationsResponse results*>dd errorCount# errorIndexes*#
BulkFetchRelationshipsResponse results*>dj errorCount# errorIndexes*#
BulkJob id state=83 action=f1 totalCount# successfulCount# failedCount# dateStarted dateFinished dateModified selfUri
BulkJobAddResponse results*>cp errorCount# errorIndexes*#
BulkJobAddResult error>cr entity>cq
BulkJobAddWorkitemSummary id name workbin>2f2 type>2gq selfUri
BulkJobError message code
BulkJobTerminateResult error>cr entity>ct
BulkJobTerminateResultEntity id selfUri
BulkJobTerminateResultsResponse results*>cs errorCount# errorIndexes*#
BulkJobsListing entities*>cn nextUri selfUri previousUri after
BulkNotesResponse results*>dh errorCount# errorIndexes*#
BulkOpportunitiesEnrollmentResult status! error>cy enrollment!>1kl
BulkOpportunitiesError errorCode!
BulkOpportunitiesReferenceResult status! error>cy opportunity!>1kn
BulkOpportunitiesStatusUpdateResponse results!*>cz errorCount!#
BulkOrganizationsEnrichResponse results*>df errorCount# errorIndexes*#
BulkOrganizationsResponse results*>de errorCount# errorIndexes*#
BulkPrefixesResponse results*>di errorCount# errorIndexes*#
BulkPublishOpportunitiesResponse results!*>cz errorCount!#
BulkRelationshipsResponse results*>dk errorCount# errorIndexes*#
BulkRemoveOpportunitiesResponse results!*>d7 errorCount!#
BulkRemoveOpportunitiesResult status! error>cy opportunityId!
BulkResponse results*>dm errorCount# errorIndexes*#
BulkResponseResultContactListContactListBulkEntityErrorContactList id success? entity>ku error>ca status#
BulkResponseResultExternalContactContactEnrichRequestBulkEntityErrorContactEnrichRequest id success? entity>yc error>c9 status#
BulkResponseResultExternalContactEntityBulkEntityErrorEntity id success? entity>yc error>cb status#
BulkResponseResultExternalContactExternalContactBulkEntityErrorExternalContact id success? entity>yc error>cc status#
BulkResponseResultExternalOrganizationEntityBulkEntityErrorEntity id success? entity>yt error>cb status#
BulkResponseResultExternalOrganizationExternalOrganizationBulkEntityErrorExternalOrganization id success? entity>yt error>cd status#
BulkResponseResultExternalOrganizationExternalOrganizationEnrichRequestBulkEntityErrorExternalOrganizationEnrichRequest id success? entity>yt error>ce status#
BulkResponseResultNoteEntityBulkEntityErrorEntity id success? entity>1ij error>cb status#
BulkResponseResultNoteNoteBulkEntityErrorNote id success? entity>1ij error>cf status#
BulkResponseResultPrefixPrefixBulkEntityErrorPrefix id success? entity>1of error>cg status#
BulkResponseResultRelationshipEntityBulkEntityErrorEntity id success? entity>1ri error>cb status#
BulkResponseResultRelationshipRelationshipBulkEntityErrorRelationship id success? entity>1ri error>ch status#
BulkResponseResultVoidEntityBulkEntityErrorEntity id success? entity~ error>cb status#
BulkResult error>ci entity~
BulkResults id success?
BulkSourceIntentsResponse results*>dn errorCount# errorResultIds*
BulkUpdateActivityCodeResponse entities*>dz
BulkUpdateDecisionTableRowsResponse totalUpdated!# rows!*>qy
BulkUpdateOpportunityEnrollmentsStatusResponse results!*>cx errorCount!#
BulkUpdateShiftTradeStateResponse status=ch operationId result>dt
BulkUpdateShiftTradeStateResult entities*>du
BulkUpdateShiftTradeStateResultItem id state=gs reviewedBy>29n reviewedDate failureReason=8w metadata>2dz
Bullseye rings*>1t3
BusinessRulesDataSchema id name version!# appliesTo* enabled? createdBy>tw dateCreated jsonSchema!>18o selfUri
BusinessRulesDataSchemaListing entities*>dw nextUri selfUri previousUri
BusinessRulesParentSchemaRef id name selfUri version#
BusinessUnitActivityCode id! name active? defaultCode? category=b2 lengthInMinutes# countsAsPaidTime? countsAsWorkTime? agentTimeOffSelectable? countsTowardShrinkage? plannedShrinkage? interruptible? secondaryPresences*>1w5 planningGroups*>1nk style>y metadata>2dz selfUri
BusinessUnitActivityCodeListing entities*>dz downloadUrl
BusinessUnitListItem id name authorized? division>sx selfUri
BusinessUnitListing entities*>e1
BusinessUnitReference id selfUri
BusinessUnitResponse id name settings>e6 division>sx selfUri
BusinessUnitSchedulingPreferencesSettingsResponse enabled!?
BusinessUnitSettingsResponse startDayOfWeek!=eu timeZone! shortTermForecasting>br scheduling>bk notifications>b7 learning>9y coaching>9y metadata!>2dz
ButtonResponse type=3a text payload messageType=cx originatingMessageId
CachedMediaItem id url downloadUrl mediaType contentLengthBytes# dateCreated dateExpires selfUri
CachedMediaItemEntityListing entities*>e8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CalendarUrlResponse calendarUrl selfUri
Calibration id name calibrator>289 agent>289 conversation>n8 evaluationForm>wy contextId averageScore# highScore# lowScore# createdDate evaluations*>ws evaluators*>289 scoringIndex>ws expertEvaluator>289 selfUri
CalibrationAssignment calibrator>289 evaluators*>289 evaluationForm>wy expertEvaluator>289
CalibrationEntityListing entities*>eb pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Call state=i7 initialState=i7 id direction=jc recording? recordingState=jk recordersState>1qo muted?
CallConversation id name participants*>el otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr recordingState=jk maxParticipants# securePause? selfUri
CallConversationEntityListing entities*>ef pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CallForwarding id name user>289 enabled? phoneNumber calls*>eo voicemail=bm modifiedDate selfUri
CallHistoryConversation id name participants*>ek direction=jc wentToVoicemail? missedCall? startTime wasConference? wasCallback? hadScreenShare? hadCobrowse? wasOutboundCampaign? selfUri
CallHistoryConversationEntityListing entities*>ei pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CallHistoryParticipant id name address startTime endTime purpose direction=jc ani
CallMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime muted? confined? recording? recordingState=jk recordersState>1qo group>tw ani dnis documentId faxStatus>zo monitoredParticipantId coachedParticipantId bargedParticipantId consultParticipantId uuiData bargedTime securePause? disposition>su transferSource clientIpAddress
CallMediaPolicy actions>1nq conditions~
CallRecord lastAttempt lastResult
CallRoute targets*>eq
CallSimulationResult allowed!? level matchedPrefix
CallTarget type=dw value
CallToAction text url! target=30
CallableContactsDiagnostic attemptLimits>tw dncLists*>tw callableTimeSet>tw ruleSets*>tw
CallableTime timeSlots!*>ga name timeZoneId!
CallableTimeSet id name! dateCreated dateModified version# callableTimes!*>et selfUri
CallableTimeSetEntityListing entities*>eu pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CallableWindow mapped~ unmapped~
Callback state=i7 initialState=i7 id segments*~ direction=jc held? disconnectType=j2 startHoldTime
CallbackConversation id name participants*>f1 otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr selfUri
CallbackConversationEntityListing entities*>ey pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CallbackIdentifier type!=4 id!
CallbackMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime outboundPreview>s3 voicemail>2c1 callbackNumbers* callbackUserName externalCampaign? skipEnabled? timeoutSeconds# automatedCallbackConfigId callbackScheduledTime
CallbackMediaSettings enableAutoAnswer? alertingTimeoutSeconds# serviceLevel>1x1 autoAnswerAlertToneSeconds# manualAnswerAlertToneSeconds# mode=1f enableAutoDialAndEnd? autoDialDelaySeconds#
Callheader id name headers%* selfUri
Callmessage id name message selfUri
Campaign id name! dateCreated dateModified version# contactList!>tw queue>tw dialingMode!=i3 script>tw edgeGroup>tw site>tw campaignStatus=jz phoneColumns!*>1n6 abandonRate# dncLists*>tw callableTimeSet>tw callAnalysisResponseSet>tw errors*>1sx callerName! callerAddress! outboundLineCount# ruleSets*>tw skipPreviewDisabled? previewTimeOutSeconds# alwaysRunning? contactSort>l8 contactSorts*>l8 noAnswerTimeout# callAnalysisLanguage priority# contactListFilters*>tw division>tw agentOwnedColumn dynamicContactQueueingSettings>uj skillColumns* previewAutoEnd? maxCallsPerAgent# maxCallsPerAgentDecimal# callbackAutoAnswer? dynamicLineBalancingSettings>uo diagnosticsSettings>ry preciseDialingEnabled? selfUri
CampaignBusinessCategoryMetrics successCount# neutralCount# failureCount#
CampaignDiagnosticCampaignHealthState state=ja dateStart dateEnd
CampaignDiagnosticCampaignState state=jz dateStart dateEnd dialingMode=i3
CampaignDiagnosticConfigChange date field value action=gx
CampaignDiagnosticSummary campaignId dateStart dateEnd campaignStates*>f8 campaignInfo*>fb campaignHealthStates*>f7 configChanges*>f9
CampaignDiagnosticWindow state=hl dateStart dateEnd
CampaignDiagnostics callableContacts>es queueUtilizationDiagnostic>1q9 ruleSetDiagnostics*>1tq outstandingInteractionsCount# scheduledInteractionsCount# timeZoneRescheduledCallsCount# filteredOutContactsCount# idleAgents# effectiveIdleAgents# linesUtilization>fi numberOfContactsCalled# totalNumberOfContacts# campaignErrors*>1sx campaignSkillStatistics>g8
CampaignDivisionView id name division>sv selfUri
CampaignDivisionViewListing entities*>fd pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CampaignEntityListing entities*>f5 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CampaignInteraction id campaign>tw agent>tw contact>tw destinationAddress activePreviewCall? lastActivePreviewWrapupTime creationTime callPlacedTime callRoutedTime previewConnectedTime queue>tw script>tw disposition=4x callerName callerAddress previewPopDeliveredTime conversation>mi dialerSystemParticipantId dialingMode skills*>tw
CampaignInteractions campaign>tw pendingInteractions*>fg proceedingInteractions*>fg previewingInteractions*>fg interactingInteractions*>fg scheduledInteractions*>fg
CampaignLinesUtilization assignedOutboundLines# totalAvailableOutboundLines#
CampaignOutboundLinesAllocation campaign>tw campaignWeight# linesAssigned# legacyWeight?
CampaignOutboundLinesDistribution campaign>1k maxOutboundLineCount# maxLineUtilization# availableOutboundLines# reservedLines# campaignsWithReservedLines*>fl campaignsWithDynamicallyAllocatedLines*>fj
CampaignOutboundLinesReservation campaign>tw linesReserved#
CampaignPerformanceData campaign!>tw division>1k contactRate>fn idleAgents# effectiveIdleAgents# adjustedCallsPerAgent# outstandingCalls# scheduledCalls# rightPartyContactsCount# campaignStatus=jz dialingMode=i3 progress>fp linesUtilization>fi businessCategoryMetrics>f6
CampaignPerformanceDataContactRate connectRatio#
CampaignPerformanceDataListing entities*>fm
CampaignPerformanceDataProgress percentage#
CampaignProgress campaign!>tw contactList!>tw numberOfContactsCalled# numberOfContactsMessaged# totalNumberOfContacts# percentage# numberOfContactsSkipped%#
CampaignRule id name! dateCreated dateModified version# campaignRuleEntities!>fz campaignRuleConditions!*>fw campaignRuleActions!*>fs matchAnyConditions? enabled? campaignRuleProcessing=kn conditionGroups*>fx executionSettings>g1 timeZoneId warnings*>g3 selfUri
CampaignRuleAction id parameters>g2 actionType!=ki campaignRuleActionEntities!>ft
CampaignRuleActionEntities campaigns*>tw sequences*>tw emailCampaigns*>tw smsCampaigns*>tw useTriggeringEntity?
CampaignRuleCampaignRunTimeSettings includeWaitingTime?
CampaignRuleCampaignWaitTimeSettings waitType!=hj
CampaignRuleCondition id parameters!>g2 conditionType!=il dateTimeParameters>fy campaignRunTimeSettings>fu campaignWaitTimeSettings>fv
CampaignRuleConditionGroup matchAnyConditions!? conditions!*>fw
CampaignRuleDateTimeConditionParameters inverted? timeOfDay~ dayOfWeek~ dayOfMonth~ specificDate~ weekDayOfMonth~
CampaignRuleEntities campaigns*>tw sequences*>tw emailCampaigns*>tw smsCampaigns*>tw
CampaignRuleEntityListing entities*>fr pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CampaignRuleExecutionSettings frequency!=jx timeZoneId
CampaignRuleParameters operator=j6 value priority=0 dialingMode=i3 abandonRate# outboundLineCount# relativeWeight# maxCallsPerAgent#
CampaignRuleWarning code!=45 message! params>g4
CampaignRuleWarningParameters actionId conditionId actionType=ki conditionType=il
CampaignSchedule id name dateCreated dateModified version# intervals!*>1ug recurrences*>1rp timeZone campaign!>sy selfUri
CampaignSequence id name dateCreated dateModified version# campaigns!*>tw currentCampaign!# status!=jy stopMessage repeat? selfUri
CampaignSequenceEntityListing entities*>g6 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CampaignSkillStatistics skillCombinations# eligibleSkilledAgents#
CampaignStats contactRate>k2 idleAgents# effectiveIdleAgents# adjustedCallsPerAgent# outstandingCalls# scheduledCalls# timeZoneRescheduledCalls# filteredOutContactsCount# rightPartyContactsCount# validAttempts# linesUtilization>fi businessCategoryMetrics>f6
CampaignTimeSlot startTime! stopTime! day!#
CannedResponseLibraries libraryIds* mode=1s
CapacityPlanForecastInputsResponse businessUnit!>e3 capacityPlan!>gi downloadUrl! downloadTemplate>gd
CapacityPlanForecastInputsTemplate referenceBusinessUnitDate! granularity! months* planningGroupsForecastData!*>11d capacityPlanForecastSummary!>ge
CapacityPlanForecastMetrics volume!*# averageHandleTime!*#
CapacityPlanListItem id! name startBusinessUnitDate! endBusinessUnitDate! metadata!>gg selfUri
CapacityPlanMetadata modifiedBy!>29n modifiedDate! createdDate createdBy>29n version!#
CapacityPlanMetricsSummary requiredStaffFullTimeEquivalentCount!*# plannedFullTimeEquivalentCount!*# staffingOverUnderFullTimeEquivalentCount!*# startingFullTimeEquivalentCount!*# attritionFullTimeEquivalentCount!*# attritionPercentage!*# newHireFullTimeEquivalentCount!*# transfersFullTimeEquivalentCount!*# extraTimeUnderTimeFullTimeEquivalentCount!*# shrinkageFullTimeEquivalentCount!*# shrinkagePercentage!*# endOfMonthPlannedFullTimeEquivalentCount*# netFullTimeEquivalentCount!*#
CapacityPlanReference id! name selfUri
CapacityPlanResponse id! name description forecast>bp startBusinessUnitDate! endBusinessUnitDate! fullTimeEquivalentWeeklyHours!# metadata!>gg selfUri
CapacityPlanStaffingGroupAllocationsResponse capacityPlan!>gi fullTimeEquivalentWeeklyHours!# downloadUrl! downloadTemplate>207
CapacityPlanStaffingGroupMetricChangeHistoryListResponse entities*>209
CapacityPlanStaffingGroupMetricChangeResponse numberOfWeeks!# weekStartNumber!# value!# metric!=en notes transfersFullTimeEquivalent>25o staffingGroups!*>20a createdBy!>29n createdDate! version!#
CapacityPlanStaffingRequirementResult businessUnit!>e3 capacityPlan!>gi status!=ch referenceBusinessUnitDate! granularity!=ho errorCode=fa downloadUrl downloadTemplate>20c
CapacityPlanningPlanningGroupAllocation planningGroupId! requiredStaffFullTimeEquivalentCount!*# staffingGroupFullTimeEquivalentContributions!*~ totalPlannedFullTimeEquivalentCount!*# overUnderFullTimeEquivalentCount!*#
CapacityPlansListResponse entities*>gf
Card title description url defaultAction~ actions*~
Case id name division>20k version# reference caseplan>hb summary owner>h4 status=gm priority=gq dateDue dateStarted dateClosed dateCreated dateModified modifiedBy>h4 externalContact>gv customerIntent>pb creationStatus=bx ttlSeconds# failureReason>zh selfUri
CaseAssociation id name associationType=16 dateAssociated workitem>2fx conversation>n8 stage>20g step>20s selfUri case>h3
CaseAssociationListing entities*>gs nextUri selfUri previousUri
CaseAssociationQueryEntityListing entities*>gs nextUri selfUri previousUri after
CaseExternalContactReference id firstName lastName selfUri
CaseListing entities*>gr nextUri selfUri previousUri
CaseManagementAggregateDataContainer group% data*>20o
CaseManagementAggregateQueryResponse results*>gx
CaseManagementAsyncAggregateQueryResponse results*>gx cursor
CaseQueryJobError code message
CaseQueryJobResponse id state dateStarted dateFinished error>h0 selfUri
CaseQueryJobResultsResponse entities*>gr pageSize# pageNumber# total# pageCount#
CaseReference id selfUri
CaseUserReference id name presence>29e images*>15e selfUri
Caseplan id name! division!>20k description referencePrefix! defaultDueDurationInSeconds!# defaultTtlSeconds!# defaultCaseOwner>29n latest!# published# dateCreated! dateModified! datePublished modifiedBy!>29n customerIntent!>pb versionState=4c selfUri
CaseplanCreateResponse id name! division!>20k description referencePrefix! defaultDueDurationInSeconds!# defaultTtlSeconds!# defaultCaseOwner>29n latest!# published# dateCreated! dateModified! datePublished modifiedBy!>29n customerIntent!>pb versionState=4c dataSchemas*>h7 intakeSettings*>16m selfUri
CaseplanDataSchema id! selfUri
CaseplanDataSchemaListing entities*>h7
CaseplanListing entities*>h5 nextUri selfUri previousUri
CaseplanQueryEntityListing entities*>h5 nextUri selfUri previousUri after
CaseplanReference id name version# selfUri
CategoriesEntityListing entities*>205 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Category name
CategoryEntityListing entities*>hd pageSize# pageNumber# total# pageCount#
CategoryReference id! name parentCategory>hf selfUri
CategoryResponse id name! description externalId dateCreated dateModified parentCategory>hf documentCount# knowledgeBase>194 selfUri
CategoryResponseListing entities*>hg nextUri selfUri previousUri
Celebration id recipient>29n createdBy>29n dateCreated type=d9 title note sourceEntity>1zw selfUri
CertificateAuthorityEntityListing entities*>tm pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CertificateDetails issuer subject expirationDate issueDate expired? valid? signatureValid?
Channel connectUri id expires
ChannelEntityListing entities*>hl
ChannelTopic id state=c7 rejectionReason missingPermissions* selfUri
ChannelTopicEntityListing entities*>hn
ChartColumn id columnType=5a
Chat jabberId
ChatFavorite id! externalId!
ChatItem id name open!? favorite>hr images*>15e dateLastMessage dateClosed user>i2 room>1t7 chatType!=i1 selfUri
ChatItemCursorListing entities*>hs nextUri selfUri previousUri
ChatMediaPolicy actions>1nq conditions~
ChatMessage body id to from utc chat message type bodyType=dv senderCommunicationId participantPurpose user>hy
ChatMessageEntityListing entities*>hx
ChatMessageResponse id! dateCreated! dateModified toJid! jid! body! mentions% edited? attachmentDeleted? fileUri thread!>wc parentThread>wc user>1k toUser>1k reactions*>hz
ChatMessageUser id name displayName username images*>15e
ChatReaction emoji! users!*>1k
ChatSendMessageResponse id!
ChatSettings messageRetentionPeriodDays# reactionsEnabled?
ChatUserRef id name selfUri jid inactive? integrations*>kf presence~
ChatUserSettings mobile!>1hi
Check result=bs type=7g
ChecklistInferenceJobCreationResponse jobId message
ChecklistInferenceJobResponse id! status!=ck error>wi agentChecklistInfo>2d jobStartTime jobEndTime language agentId participantId queueId assistantId mediaType=hh direction=8k preview? selfUri
ChecklistItem id! name! description automatedCheckEnabled? exactPhraseMatch? important? stateFromModel=f9 stateFromAgent=f9 dateLastModifiedByModel dateLastModifiedByAgent lastModifiedInAcw? selfUri
ClientApp id name integrationType>16u notes intendedState!=5w config>i9 reportedState>16t attributes% selfUri
ClientAppConfigurationInfo current>16p effective~
ClientAppEntityListing entities*>i8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ClientPublicApiUsage date platform httpMethod=6z templateUri requestCount# status200# status300# status400# status429# status500# organizationId
ClientPublicApiUsageResultsResponse name queryStatus!=cw errorBody>wg nextUri entities*>ib selfUri
ClientUsageQueryResponse id! name resultsUri selfUri
ClonedUser id name trustor>tw selfUri
ClonedUserEntityListing total# entities*>ie selfUri
Cluster id division>20k clusterScan>ii mergeInfo>1fu graph>138 dateCreated selfUri
ClusterList entities*>ig nextUri selfUri previousUri cursors>ox
ClusterScan id dateCompleted statistics>ik selfUri
ClusterScanList entities*>ii nextUri selfUri previousUri cursors>ox
ClusterScanStatistics aggregated>il selfUri
ClusterStatistics totalClusters# totalAutomaticMergeSuccesses# totalAutomaticMergeFailures#
CoachingAnnotation id createdBy>29n dateCreated modifiedBy>29n dateModified text! isDeleted? accessType=co selfUri
CoachingAnnotationList entities*>im pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CoachingAppointmentAggregateResponse results*>1pr
CoachingAppointmentReference id selfUri
CoachingAppointmentResponse id name description dateStart lengthInMinutes# status=e5 facilitator>29n attendees*>29n createdBy>29n dateCreated modifiedBy>29n dateModified conversations*>n8 documents*>td isOverdue? wfmSchedule>2dt dateCompleted externalLinks* location shareInsightsData? selfUri
CoachingAppointmentResponseList entities*>iq pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CoachingAppointmentStatusResponse appointment>ip createdBy>29n dateCreated status=e5
CoachingAppointmentStatusResponseList entities*>is pageSize# pageNumber# total# pageCount#
CoachingNotification id name markedAsRead? actionType=4n relationship=2d dateStart lengthInMinutes# status=e5 user>29n appointment>iq selfUri
CoachingNotificationList entities*>iu pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CoachingScheduleSlotsJobResponse id attendeeIds* facilitatorIds* lengthInMinutes# businessUnitId activityCodeId results*>ix slotsType=2x selfUri
CoachingScheduleSlotsJobResult interval status=8d slot>iy hasConflict?
CoachingScheduleSlotsJobSlot dateStart schedule~
CoachingSlot dateStart lengthInMinutes# staffingDifference# differenceRating=ca wfmSchedule>2dt
CoachingSlotsResponse suggestedSlots*>iz attendeeSchedules*>28r facilitatorSchedules*>28r wfmScheduleActivities*>2ds
CobrowseConversation id name participants*>j3 otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr selfUri
CobrowseConversationEntityListing entities*>j1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CobrowseMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime cobrowseSessionId cobrowseRole controlling* viewerUrl providerEventTime
CobrowseSettings enabled? allowAgentControl? allowAgentNavigation? allowDraw? maskSelectors* channels* readonlySelectors* pauseCriteria*>1mp
CobrowseWebMessagingSession id name joinCode websocketUrl dateOfferEnds communicationType=3l selfUri
Cobrowsesession state=i7 initialState=i7 id disconnectType=j2 self>1j cobrowseSessionId cobrowseRole controlling*
Column columnName columnNumber# startPosition# length#
ColumnDataTypeSpecification columnName columnDataType=a8 min# max# maxLength#
ColumnStatus contactable?
CommandStatus id name expiration userId statusCode=7y commandType=fr document>t6 selfUri
CommandStatusEntityListing entities*>ja pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Comment id content user>29n modifiedBy>29n dateCreated dateModified selfUri
CommentListing entities*>jc nextUri selfUri previousUri
CommonAlert id name user!>29n rule!>4g notifications!*>4f dateStart! dateEnd active!? unread!? waitBetweenNotificationMs!# muted!? snoozed!? dateMutedUntil! dateSnoozedUntil! conditions!>jk conversationId alertSummary>4h ruleUri selfUri
CommonCampaign id name division>sv mediaType=iw selfUri
CommonCampaignDivisionView id name division>sv mediaType=iw selfUri
CommonCampaignDivisionViewEntityListing entities*>jg pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CommonCampaignEntityListing entities*>jf pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CommonRule id name! description enabled? notifications*>4f sendExitingAlarmNotifications? waitBetweenNotificationMs# conditions>jk type!=4a inAlarm? user>29n version# dateCreated dateLastModified selfUri
CommonRuleConditions clauses*>jk predicates!*>jm type!=20 id
CommonRuleContainer entities*>jj pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CommonRulePredicate metricType!=92 metricValueType!=4d comparisonOperator!=7e value!# status topic characteristic entity!~ mediaType=hf metric!=jj
CommunicationTranslation communicationId! transcripts!*>25e
CommunicationTranslationList entities*>jn
ComparisonPeriod id kpi dateStarted dateEnded percentageBenefit# kpiResults*>1b7 selfUri
ComparisonPeriodListing total# entities*>jp selfUri
ComplexVariableInfo id! name!
Compliance stopSettings!*>20w optInSettings!*>1kq helpSettings!*>14a
Condition type=kt inverted? attributeName value valueType=dy operator=5y codes* property
ConditionalGroupActivation pilotRule>jv rules*>jw
ConditionalGroupActivationPilotRule conditions*~ conditionExpression
ConditionalGroupActivationRule conditions*~ conditionExpression groups*>1fr
ConditionalGroupRouting rules*>jy
ConditionalGroupRoutingRule queue>tw metric=6c operator=7c conditionValue# groups*>1fr waitSeconds#
ConfigurationOverrides priority?
ConfusionDetails intents*>k1
ConfusionIntentDetails id name utteranceCount# utterances*~ selfUri
ConnectRate attempts# connects# connectRatio#
ConnectedEdge id name interfaceName interfaceIpAddress edgeConnectionList*~ selfUri
ConnectedQueue id selfUri
ConnectedUser id selfUri
ConnectionCreateResponse id name type=ed integration>1ao authenticationProperties>7o createdBy>29n modifiedBy>29n dateCreated dateModified status=4e selfUri
ConnectionListing entities*>ka
ConnectionOption id name
ConnectionOptionListing entities*>k8 nextUri selfUri previousUri
ConnectionResponse id name type=ed integration>1ao authenticationProperties>7o createdBy>29n modifiedBy>29n dateCreated dateModified status=4e error>wg dateExpiry selfUri
ConstraintConflictMessage message~ conflictedConstraintMessages*~
ConsultTransferResponse destinationParticipantId!
ConsumedResourcesEntityListing entities*>rc pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ConsumingResourcesEntityListing entities*>rc pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Contact address display mediaType=bh type=bk extension countryCode integration
ContactAddress address1 address2 city state postalCode countryCode
ContactAddressableEntityRef id selfUri
ContactCallbackRequest campaignId! contactListId! contactId! phoneColumn! schedule!
ContactCenterSettings removeSkillsFromBlindTransfer?
ContactColumnTimeZone timeZone columnType=bi
ContactIdentifier division>2h1 type!=ej value! dateCreated externalSource>yz
ContactIdentifierListing entities*>kl
ContactImportField name! included!?
ContactImportJobEntityListing entities*>kq nextUri selfUri previousUri cursors>ox
ContactImportJobMetadata fileName dryRunFailedCount# dryRunSuccessCount# dryRunReportDownloadUrl importFailedCount# importSuccessCount# importReportDownloadUrl
ContactImportJobResponse id status=4l statusDetails executionStep=hd metadata>kp dateCreated division>20k selfUri settings!>1k
ContactImportJobStatusUpdateResponse jobId status=48
ContactImportSettings id name! matchingCriteria* mergeContacts!? externalSourceId! importFields!*>kn dateCreated selfUri
ContactImportSettingsEntityListing entities*>ks nextUri selfUri previousUri cursors>ox
ContactList id name dateCreated dateModified version# division>tw columnNames!* phoneColumns*>l7 emailColumns*>vg whatsAppColumns*>2e4 importStatus>15l previewModeColumnName previewModeAcceptedValues* size# attemptLimits>tw automaticTimeZoneMapping? zipCodeColumnName columnDataTypeSpecifications*>j8 trimWhitespace? retentionType retentionDays# dateExpiration timeZone selfUri
ContactListDivisionView id name division>sv columnNames!* phoneColumns*>l7 emailColumns*>vg whatsAppColumns*>2e4 importStatus>15l size# selfUri
ContactListDivisionViewListing entities*>kv pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ContactListEntityListing entities*>ku pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ContactListFilter id name! dateCreated dateModified version# contactList>tw contactListTemplate>tw sourceType=47 clauses*>kz filterType=c selfUri
ContactListFilterClause filterType=c predicates*>l1
ContactListFilterEntityListing entities*>ky pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ContactListFilterPredicate column columnType=jo operator=5y value range~ inverted?
ContactListTemplate id name dateCreated dateModified version# columnNames!* phoneColumns*>l7 emailColumns*>vg whatsAppColumns*>2e4 previewModeColumnName previewModeAcceptedValues* attemptLimits>tw automaticTimeZoneMapping? zipCodeColumnName columnDataTypeSpecifications*>j8 trimWhitespace? retentionType retentionDays# timeZone selfUri
ContactListTemplateEntityListing entities*>l2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ContactListing entities*>yc pageSize# pageNumber# total# partialResults? firstUri selfUri nextUri lastUri previousUri pageCount#
ContactListingResponse entities*>s0 pageSize# pageNumber# total# contactsCount# lastUri firstUri selfUri nextUri previousUri pageCount#
ContactListsBulkEditResponse results*>d9 errorCount# errorIndexes*#
ContactPhoneNumberColumn columnName! type! callableTimeColumnName callableTimeColumn
ContactSort fieldName direction=g numeric?
ContactableStatus contactable? columnStatus%>j9
ContactsBulkOperationJob id state=8e type=35 totalRecords# completedRecords# percentComplete# failureReason>wi downloadURI selfUri
ContactsBulkOperationJobListing total# entities*>la selfUri
ContactsExport id divisionIds* createdBy>tw dateCreated dateCompletion status=d3 downloadUrl resultRowCount# queryConditions>lf selfUri
ContactsExportFilter eq~ in~ lte~ gte~ and*>ld or*>ld not>ld
ContactsExportListing entities*>lc nextUri selfUri previousUri
ContactsExportQueryConditions filters>ld limit#
ContentButtonResponse id type!=39 text! payload!
ContentOffer imageUrl displayMode!=9y layoutMode!=f5 title headline body callToAction>er style>li imageAltText
ContentOfferStylingConfiguration position~ offer~ closeButton~ ctaButton~ title~ headline~ body~
ContentSetting story>20x
ContestDisqualifiedAgents id note selfUri
ContestMetricScore metric>1k score# totalPoints# percentOfGoal#
ContestMetricScoreRanked metric>1k score# totalPoints# percentOfGoal# rank#
ContestMetrics id! name weight!# minimumQualifier!# selfUri
ContestPrizes tier!# name! description! imageId! imageUrl winnersCount!#
ContestProfile id! name selfUri
ContestRequesingParticipantDailyInfo dateWorkday contestScore>ls
ContestScore score# totalPoints# percentOfGoal#
ContestScoreRanked score# totalPoints# percentOfGoal# rank# tier#
ContestScoresAgentTrend contestScore>ls metricScores*>lm disqualified? dateWorkday
ContestScoresAgentTrendList entities*>lt user>29n
ContestScoresAgents contestScore>ls metricScores*>lm disqualified? user>29n
ContestScoresAgentsPagedList entities*>lv pageSize# pageNumber# total# dateWorkday pageCount#
ContestScoresGroupTrend dateWorkday contestScore>lr metricScores*>ll
ContestScoresGroupTrendList entities*>lx
ContestUserRank id rank# score# selfUri
ContestWinners tier# winnersCount# users*>lz
ContestsEssentials id title! status=gw dateStart! dateEnd! profile>lp participantCount# dateAnnounced! dateFinalized dateCancelled dateModified dateScoresModified metrics!*>ln requestingParticipantContestInfo>lq selfUri
ContestsResponse id division>2h0 title! description! dateStart! dateEnd! winningCriteria!=7m dateAnnounced! announcementTimezone! anonymization!=ag metrics!*>ln prizes!*>lo version# createdBy>29n profile>lp participants*>29n status=gw participantCount# dateFinalized dateCancelled dateModified dateScoresModified winners*>m0 disqualifiedAgents*>lk selfUri
Context patterns!*>m4
ContextPattern criteria!*~
ContinuousForecastGetSessionResponse sessionId! lastSuccessfulSessionId! state!=43 errorCode
ContinuousForecastSessionResponse sessionId state=43 files>1x6
ContinuousForecastSnapshotResponse sessionId snapshotId files>1zc
Conversation id name externalTag startTime! endTime address participants!*>1mi conversationIds* maxParticipants# recordingState=7 state=i7 divisions*>mr recentTransfers*>25m securePause? utilizationLabelId inactivityTimeout selfUri
ConversationAccessAttributesResponse accessAttributes*
ConversationActivityData group% data*>mc truncated? entities*>mb
ConversationActivityEntityData activityDate! metric=jr activeRouting=36 addressFrom addressTo ani conversationId convertedFrom convertedTo
ConversationActivityMetricValue metric=jr qualifier entityIds* count# calculatedMetricValue#
ConversationActivityResponse results*>ma entityIdDimension=hw
ConversationAggregateDataContainer group% data*>20o
ConversationAggregateQueryResponse results*>me
ConversationAsyncAggregateQueryResponse results*>me cursor
ConversationAttribute schema!~ attributeName!
ConversationBasic id name externalTag startTime! endTime divisions*>mr securePause? utilizationLabelId inactivityTimeout
ConversationCategoriesEntityListing entities*>mk pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ConversationCategory id name description interactionType=hg criteria>1kd
ConversationChannel type!=g7 messageType=go platform
ConversationChannelMetadata subType=al
ConversationChat state=i7 initialState=i7 id roomId recordingId segments*~ held? direction=jc
ConversationContentAttachment id mediaType!=85 url mime text sha256 filename contentSizeBytes#
ConversationDataSchema id version# enabled? dateCreated createdBy>tw jsonSchema>mz selfUri
ConversationDataSchemaListing total# entities*>mp selfUri
ConversationDivisionMembership division>tw entities*>sw
ConversationEditedInput text dateModified
ConversationEncryptionConfiguration id url! keyConfigurationType!=96 lastError>wg selfUri
ConversationEncryptionConfigurationListing total# entities*>mt selfUri
ConversationEnrichment language~ sentimentV2~
ConversationEntityListing entities*>m8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ConversationEventTyping type!=az duration#
ConversationInsight type=d7 title description outcome
ConversationJsonSchemaDocument \$schema title description required* properties%~
ConversationMessageContent contentType!=d4 location~ attachment>mo quickReply~ buttonResponse~ template~ story~ card~ carousel~
ConversationMessageEvent eventType!=3t coBrowse~ typing>mx presence~ video~
ConversationMessagingChannel id platform=fk type=co messageId to~ from~ time dateModified
ConversationMetrics conversation>1k sentimentScore# sentimentTrend# sentimentTrendClass=aq empathyScores*>w6 participantMetrics>1ml
ConversationNormalizedMessage id channel>n2 type!=f7 text content*>n0 events*>n1 status=eb reasons*>n7 originatingEntity=7t isFinalReceipt? direction=8k relatedMessages*>n4 metadata% enrichment>mv byoSmsIntegrationId
ConversationProfile languageCode!=j5 name!
ConversationProperties isWaiting? isActive? isAcd? isPreferred? isScreenshare? isCobrowse? isVoicemail? isFlagged?
ConversationReason code=9q message!
ConversationReference id selfUri
ConversationRoutingData queue>1k language>1k priority# skills*>1k skillExpression skillExpressionId scoredAgents*>1vn label
ConversationSecureAttributes attributes% version#
ConversationSessionSummary id text confidence# status=c0 mediaType=62 language predictedWrapupCodes*>nh editedSummary>ms reason>nf followup>ne resolution>ng dateCreated communication>wc participants*>1k
ConversationSummariesGetResponse conversation>1k summary>nd sessionSummaries*>nb
ConversationSummary id text confidence# status=c0 mediaType=62 language predictedWrapupCodes*>nh editedSummary>ms reason>nf followup>ne resolution>ng dateCreated participants*>1k
ConversationSummaryFollowup confidence# text description
ConversationSummaryReason confidence# text description
ConversationSummaryResolution confidence# text description outcome
ConversationSummaryWrapupCode id name description confidence# selfUri
ConversationThreadingWindow id settings!*>nj defaultTimeoutMinutes#
ConversationThreadingWindowSetting messengerType!=ka timeoutInMinutes!#
ConversationUserDisposition code! notes user!>1k
Copilot enabled? liveOnQueue!? defaultLanguage! knowledgeAnswerConfig>18x summaryGenerationConfig>21i wrapupCodePredictionConfig>2gy answerGenerationConfig>5o nluEngineType=af nluConfig>1hz ruleEngineConfig>1to autoSearchConfig>85 manualSearchConfig>1f1 selfUri
CopilotAggregateDataContainer group% data*>20o
CopilotAggregateQueryResponse results*>nm
CopilotAsyncAggregateQueryResponse results*>nm cursor
CopilotContextEntity assistant>1k contextValues*>nq
CopilotContextValueItem name value
CopilotContextValues entities*>np
CopilotNluDomain id! useLatestVersion!? version~ selfUri
Coretype id name version# dateCreated schema>1uu current? validationFields* validationLimits>2bo itemValidationFields* itemValidationLimits>17f selfUri
CoretypeListing total# entities*>nt selfUri
CreateCallResponse id name selfUri
CreateCallbackResponse conversation!>tw callbackIdentifiers!*>f0
CreateJoinVideoResponse communicationId conversationId joinCode
CreateOutboundMessagingConversationResponse id selfUri
CreateResponseAssetResponse id url headers%
CreateRoomResponse jid!
CreateShareResponse id name sharedEntityType=4y sharedEntity>tw memberType=fu member>tw sharedBy>tw workspace>tw succeeded*>1xf failed*>1xf selfUri
CreateSurveyResponse id name conversation>n8 surveyForm>22a agent>tw status=c1 queue>1q8 answers>22i completedDate surveyErrorDetails>229 agentTeam>231 surveyType=hn missingRequiredAnswer? flow>1k customerSurveyUrl selfUri
CreateUploadSourceUrlJobResponse id selfUri
CreateVerifierResponse id name type enabled? keyUri encodedQuickResponseCode default?
Credential id name type!>oc credentialFields% selfUri
CredentialDescriptor type! id! transports*
CredentialInfo id name createdDate modifiedDate type>oc selfUri
CredentialInfoCursorListing entities*>o7 nextUri selfUri previousUri
CredentialInfoListing entities*>o7 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CredentialParameter type! alg!#
CredentialSpecification required? title credentialTypes*
CredentialType id name properties~ displayOrder* required*
CriteriaCategoryInfo categoryId displayOrder#
CrossPlatformCallMediaPolicy actions>ok conditions~
CrossPlatformChatMediaPolicy actions>ok conditions~
CrossPlatformEmailMediaPolicy actions>ok conditions~
CrossPlatformMediaPolicies callPolicy>oe chatPolicy>of emailPolicy>og messagePolicy>oi
CrossPlatformMessageMediaPolicy actions>ok conditions~
CrossPlatformPolicy id name modifiedDate createdDate order# description enabled? mediaPolicies>oh conditions>1nu actions>ok policyErrors>1nx selfUri
CrossPlatformPolicyActions retainRecording? deleteRecording? alwaysDelete? assignEvaluations*>wv assignMeteredEvaluations*>1h2 assignMeteredAssignmentByAgent*>1h1 assignCalibrations*>ec retentionDuration>1sz integrationExport>16s
CsvExportErrorDetails errorCode! errorMessage!
CsvJobResponse job!>1k
CsvMappingEntry sourceField! targetField!
CsvSettings id externalSettingsId mappings!*>on selfUri
CsvUploadDetailsResponse uploadId! fileName validationResult!>2bp
CsvUploadPreviewResponse uploadId! headers!* entries!**
CsvUploadResponse uploadId! uploadUrl! uploadHeaders!*>147
CursorContactListing entities*>yc nextUri selfUri previousUri cursors>ox
CursorExternalSourceListing entities*>yz nextUri selfUri previousUri cursors>ox
CursorNoteListing entities*>1ij nextUri selfUri previousUri cursors>ox
CursorOrganizationListing entities*>yt nextUri selfUri previousUri cursors>ox
CursorRelationshipListing entities*>1ri nextUri selfUri previousUri cursors>ox
Cursors before after
CustomAttributes id name conversationId divisions* schema>mp customAttributes%~ customAttributesTimestamps% version# dateCreated dateModified selfUri
CustomAttributesBulkUpdateResponse attributes>oy statusCode# errorMessage
CustomAttributesBulkUpdateResponseMap results%>oz
CustomAttributesIdResponse id
CustomAttributesListing results*>oy
CustomEventAttribute dataType! value!
CustomEventAttributeList dataType! values!*
CustomI18nLabels language localizedLabels*>1e5
CustomProvider id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? endpointCompression? selfUri
Customer id number name
CustomerIntentAssignmentListing entities*>p9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CustomerIntentAssignmentResponse customerIntent>tw category>1k dateMostRecentlyAssigned
CustomerIntentListing entities*>pc pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
CustomerIntentReference id name selfUri
CustomerIntentResponse id name! description! expiryTime!# category>1k dateCreated selfUri
CustomerInteractionCenter id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
CustomerSourceIntent sourceIntent>1zy customerIntent>tw
CustomerSourceIntentListing entities*>pe pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DID id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp phoneNumber didPool>tw owner>tw ownerType=fw selfUri
DIDEntityListing entities*>pg pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
DIDNumber id name number assigned? didPool>1k owner>tw ownerType=fw selfUri
DIDNumberEntityListing entities*>pi pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DIDPool id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp startPhoneNumber! endPhoneNumber! comments provider=bn selfUri
DIDPoolEntityListing entities*>pk pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
DailyPossibleShift dayOfWeek=eu earliestShiftStartMinutesFromMidnight# required? minimumPaidTimeMinutes# maximumPaidTimeMinutes# intervalScheduleProbabilities*#
DashboardConfiguration id name! rows# columns# widgets!*>2eb favorite? publicDashboard? restricted? layoutType=7d dateCreated! dateModified! dateDeleted! createdBy>1k shared? dashboardsSharedWith>pr selfUri
DashboardConfigurationListing entities*>pn pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DashboardUser id name dashboardCount# publicDashboardCount# state=hz selfUri
DashboardUserListing entities*>pp pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DashboardsSharedWith userIds* teamIds*
DataAction id! label! description selfUri
DataAvailabilityResponse dataAvailabilityDate
DataExtractionFileSchema id dataSchema dateCreated dateExpires
DataExtractionFileSchemaListing entities*>pu nextUri selfUri previousUri enabledDataSchemas* errors>wg
DataExtractionFileUrl id signedUrl
DataExtractionFileUrlListing entities*>pw
DataIngestionRulesMetadata countByStatus%# platform totalCount#
DataRange dateMin dateMax
DataSchema id name version!# appliesTo* enabled? createdBy>tw dateCreated jsonSchema!>18o selfUri
DataSchemaListing total# entities*>q0 selfUri
DataTable id name division>2h0 description schema>18o selfUri
DataTableExportJob id name owner>1k status!=cl dateCreated dateCompleted downloadURI errorInformation>wg countRecordsProcessed# selfUri
DataTableImportEntityListing entities*>q5 pageSize# pageNumber# total# pageCount#
DataTableImportJob id name owner>1k status!=hk dateCreated dateCompleted uploadURI importMode=dg errorInformation>wg countRecordsUpdated# countRecordsDeleted# countRecordsFailed# uploadHeaders% selfUri
DataTableRowEntityListing entities*%~ pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DataTablesDomainEntityListing entities*>q2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DatePicker id title subtitle datePickerAvailableDateTimes!*~ dateSelected
DateRangeWithOptionalEnd startBusinessUnitDate! endBusinessUnitDate
DayOfWeekMinimums minimumValue!# daysOfWeek!*
DecisionMetricsData user!>29n performanceRank# tieBreakerValue# metadata>2df
DecisionMetricsJobReference id! selfUri
DecisionMetricsResponse entities*>qb
DecisionMetricsUpdateError user!>29n errors!*
DecisionMetricsUpdateJobResponse uploadKey! job!>qc status! metadata!>2df updateErrors!*>qe
DecisionMetricsUploadData userId! performanceRank~ tieBreakerValue~
DecisionMetricsUploadResponse uploadKey url headers% uploadBodySchema>qi
DecisionMetricsUploadSchema userMetrics!*>qg
DecisionTable id name division>sv description dateCreated dateModified datePublished published>r5 latest>r5 latestVersionStatus snapshotCount# columns>qk publishedContract>ql selfUri
DecisionTableColumns inputs*>qu outputs*>qx
DecisionTableContract parentSchema>dy rowAuthoringSchema>18o executionInputSchema>18o executionOutputSchema>18o
DecisionTableExecutionResponse table>r5 totalMatchRowCount# topMatchRows*>qz rowExecutionOutputs*>r0
DecisionTableExportJob id tableVersion# status createdBy>1k dateCreated dateModified fileName download>1k dateDownloadExpires exportType totalRows# rowsExported# format error>qo selfUri
DecisionTableExportJobError errorCode errorMessage messageWithParams messageParams% validationErrors*>qv
DecisionTableExportJobListing entities*>qn nextUri selfUri previousUri
DecisionTableImportJob id tableVersion# status! uploadUrl uploadHeaders% importMode! fileName createdBy>1k dateCreated dateModified dateCompleted dateExpires rowMetrics>qt error>qr selfUri
DecisionTableImportJobError errorCode errorMessage messageWithParams messageParams% validationErrors*>qv
DecisionTableImportJobListing entities*>qq nextUri selfUri previousUri
DecisionTableImportRowMetrics totalRows# rowsParsed# rowParseFailed# rowsCreated# rowsUpdated# rowsDeleted# rowCreateFailed# rowUpdateFailed# rowDeleteFailed#
DecisionTableInputColumn id defaultsTo~ expression!~
DecisionTableJobValidationError message code status# entityId entityName messageWithParams messageParams% contextId
DecisionTableListing entities*>qj nextUri selfUri previousUri
DecisionTableOutputColumn id defaultsTo~ value!~
DecisionTableRow id table!>r5 rowIndex# dateCreated dateModified inputs%>r2 outputs%>r2 selfUri
DecisionTableRowEntityRef id selfUri
DecisionTableRowExecutionOutput rowId! rowIndex!# outputs!%~
DecisionTableRowListing entities*>qy pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DecisionTableRowParameterValue literal>1e0
DecisionTableSnapshot name notes dateCreated createdBy>1k
DecisionTableVersion id name division>sv version# status=5p description rowCount# rowsUri dateCreated dateModified datePublished createdBy>1k publishedBy>1k rollbackReason columns>qk contract>ql snapshot>r3 selfUri
DecisionTableVersionEntity id name division>sv version# selfUri
DecisionTableVersionListing entities*>r4 nextUri selfUri previousUri
DefaultAnswersTo highestScore? notApplicable? lowestScore? userDefined?
DefaultGreetingList id name owner>13h ownerType=fv greetings%>13d createdDate createdBy modifiedDate modifiedBy selfUri
DefaultObjective id templateId zones*>1jf enabled? mediaTypes* queues*>1k topics*>1k topicIdsFilterType=ib evaluationFormContextIds* initialDirection=jc
DeletableUserReference id delete? selfUri
DeleteProgramResponse id topicLinksJob>1k selfUri
Dependency id name version type=3 deleted? updated? stateUnknown? selfUri
DependencyCount estimatedCount#
DependencyEntity entityId! entityType!
DependencyEntityListing entities*>re nextUri selfUri previousUri
DependencyObject id name version type=3 deleted? updated? stateUnknown? consumedResources*>rc consumingResources*>rc selfUri
DependencyObjectEntityListing entities*>rg pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DependencyStatus id name user>289 client>tw buildId dateStarted dateCompleted status=2s failedObjects*>zf selfUri
DependencyType id name versioned? selfUri
DependencyTypeEntityListing entities*>rj pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DeploymentIdentityResolutionConfig division>2h1 resolveIdentities!? externalSource>155 automerge>154 selfUri
DeploymentPing actions*>rn pollIntervalMilliseconds#
DeploymentWebAction id! mediaType!=kp customerId customerIdType actionMapId! actionMapVersion!# sessionId! webMessagingOfferProperties>2cz contentOfferProperties>lh openActionProperties>1jn
Detail errorCode fieldName entityId entityName
DetectedDialogAct name probability#
DetectedIntent name probability# entities*>rr
DetectedNamedEntity name entityType probability# value~
DevelopmentActivity id dateCompleted createdBy>29n dateCreated percentageScore# isPassed? isLatest? isModuleArchived? archivalMode=79 selfUri name type=8s status=c8 dateDue facilitator>29n attendees*>29n isOverdue?
DevelopmentActivityAggregateQueryResponseData interval metrics*~
DevelopmentActivityAggregateQueryResponseGroupedData group% data*>rt
DevelopmentActivityAggregateResponse results*>ru
DevelopmentActivityListing entities*>rs pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Device category!=iv type! isMobile!? screenHeight# screenWidth# screenDensity# fingerprint osFamily! osVersion! manufacturer
DiagnosticsSettings reportLowMaxCallsPerAgentAlert?
DialerAction type!=r actionTypeName!=50 updateOption=dt properties% dataAction>tw contactColumnToDataActionFieldMappings*~ contactIdField callAnalysisResultField agentWrapupField
DialerContact id name contactListId! data!% callRecords%>en latestSmsEvaluations%>1g1 latestEmailEvaluations%>1g1 latestWhatsAppEvaluations%>1g1 callable? phoneNumberStatus%>1na contactableStatus%>l9 contactColumnTimeZones%>kk configurationOverrides>jz dateCreated retentionType retentionDays# dateExpiration selfUri
DialerContactId id contactListId
DialerEventEntityListing entities*>xt pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DialerPreview id contactId contactListId campaignId phoneNumberColumns*~ callbackAutoAnswer?
DialerRule id name! order# category!=4v conditions!*>jt actions*>rz
DialogflowAgent id name project>sf languages* intents*>sd environments* integration>tw selfUri
DialogflowAgentSummary id name project>sf description integration>tw selfUri
DialogflowAgentSummaryEntityListing entities*>s6 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DialogflowCXAgent id name project>sc languages* environments*>sb integration>tw selfUri
DialogflowCXAgentSummary id name project>sc description integration>tw selfUri
DialogflowCXAgentSummaryEntityListing entities*>s9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DialogflowCXEnvironment id name selfUri
DialogflowCXProject id name
DialogflowIntent name! parameters!%>se
DialogflowParameter name! type!
DialogflowProject id name
DictionaryFeedback id term! dialect! boostValue# source=9l dateCreated createdBy>29n dateModified modifiedBy>29n transcriptionEngine=74 status=13 invalidReason displayAs examplePhrases*>si soundsLike* selfUri
DictionaryFeedbackEntityListing entities*>1dw pageSize# pageCount# total# selfUri nextUri
DictionaryFeedbackExamplePhrase phrase! source=9l
DigitLength start end
DigitalAction updateContactColumnActionSettings~ doNotSendActionSettings~ appendToDncActionSettings~ markContactUncontactableActionSettings~ markContactAddressUncontactableActionSettings~ setContentTemplateActionSettings~ setSmsPhoneNumberActionSettings~ setWhatsAppIntegrationActionSettings~
DigitalCondition inverted? contactColumnConditionSettings~ contactAddressConditionSettings~ contactAddressTypeConditionSettings~ lastAttemptByColumnConditionSettings~ lastAttemptOverallConditionSettings~ lastResultByColumnConditionSettings~ lastResultOverallConditionSettings~
DigitalRule id name! order!# category!=cc conditions!*>sl actions!*>sk
DigitalRuleSet id name dateCreated dateModified version# contactList>tw rules!*>sm selfUri
DigitalRuleSetEntityListing entities*>sn pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DirectRouting callMediaSettings>sq emailMediaSettings>sq messageMediaSettings>sq backupQueueId waitForAgent? agentWaitSeconds#
DirectRoutingMediaSettings useAgentAddressOutbound?
DirectoryUserDevicesListing entities*>28x pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DisallowedEntityLearningAssignmentItem errorCode entity>1bs
DisallowedEntityLearningAssignmentReference errorCode entity>1bt
Disposition name! analyzer dispositionParameters~ detectedSpeechStart detectedSpeechEnd amdTimeout~ silentCallTimeout~
Division id name selfUri
DivisionEntityRef id name selfUri dateDivisionUpdated
DivisionReference id selfUri
DivisionedDomainEntityRef id name selfUri division>sx
DivsPermittedEntityListing entities*>7w pageSize# pageNumber# total# allDivsPermitted? lastUri firstUri selfUri nextUri previousUri pageCount#
DmarcResult status!=as detectedPolicy=kj dateChecked! records!*>1qn
DncList id name! dateCreated dateModified version# importStatus>15l size# dncSourceType!=k6 contactMethod=64 loginId campaignId dncCodes* licenseId division>tw customExclusionColumn selfUri
DncListDivisionView id name division>sv importStatus>15l size# dncSourceType=k6 contactMethod=64 selfUri
DncListDivisionViewListing entities*>t2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DncListEntityListing entities*>t1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DnsRecordEntry host recordContents verificationStatus=c4
Document id name changeNumber# dateCreated dateModified dateUploaded contentUri workspace>tw createdBy>tw uploadedBy>tw sharingUri contentType contentLength# systemType=4z filename pageCount# read? callerAddress receiverAddress tags* tagValues*>22o attributes*>t7 thumbnails*>te uploadStatus>tw uploadDestinationUri uploadMethod=du lockInfo>1ee acl* sharingStatus=a5 downloadSharingUri selfUri
DocumentAttribute attribute>7a values*
DocumentBody blocks!*>t9
DocumentBodyBlock type!=bp image~ video~ paragraph~ list~ table~
DocumentChunkBlock id! text! confidence# document>tb
DocumentChunkReference id! title selfUri
DocumentEntityListing entities*>t6 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DocumentReference id selfUri
DocumentThumbnail resolution imageUri height# width#
DocumentVariationAnswer id dateCreated dateModified documentVersion>1k contexts!*>tg document>19i priority# name body~
DocumentVariationContext context!>196 values!*>197
DocumentVariationResponse id dateCreated dateModified documentVersion>1k contexts!*>tg document>19i priority# name body>t8 selfUri
DocumentVariationResponseListing entities*>th nextUri selfUri previousUri
DocumentationResult id!# categories*# description content excerpt link modified name service*# slug title get_type facet_feature*# facet_role*# facet_service*# faq_categories*# releasenote_category*# releasenote_tag*# service-area*# video_categories*#
DocumentationSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>tj
DomainCapabilities enabled? dhcp? metric# autoMetric? supportsMetric? pingEnabled?
DomainCertificateAuthority id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp certificate! type!=9h services!* certificateDetails*>hk selfUri
DomainEdgeSoftwareUpdateDto version!>to maxDownloadRate# downloadStartTime executeStartTime executeStopTime executeOnIdle? status=a4 edgeUri callDrainingWaitTimeSeconds# current?
DomainEdgeSoftwareVersionDto id name edgeVersion publishDate edgeUri current? latestRelease? selfUri
DomainEdgeSoftwareVersionDtoEntityListing entities*>to pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntity id name selfUri
DomainEntityListing entities*>tq pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntityListingEvaluationForm entities*>wy pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntityListingQueryResult entities*>1ps pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntityListingResponseDivisionView entities*>1sn pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntityListingSurveyForm entities*>22a pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
DomainEntityRef id name selfUri
DomainLogicalInterface id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp edgeUri edgeAssignedId friendlyName! vlanTagId# hardwareAddress! physicalAdapterId! ifStatus interfaceType=4u publicNatAddressIpV4 publicNatAddressIpV6 routes*>u0 addresses*>ty ipv4Capabilities>tl ipv6Capabilities>tl currentState=7x lastModifiedUserId lastModifiedCorrelationId commandResponses*>tz inheritPhoneTrunkBasesIPv4? inheritPhoneTrunkBasesIPv6? useForInternalEdgeCommunication? useForIndirectEdgeCommunication? useForCloudProxyEdgeCommunication? useForWanInterface? externalTrunkBaseAssignments*>25x phoneTrunkBaseAssignments*>25x traceEnabled? startDate endDate selfUri
DomainNetworkAddress type=jf address persistent? family#
DomainNetworkCommandResponse correlationId commandName acknowledged? errorInfo>wh
DomainNetworkRoute prefix nexthop persistent? metric# family#
DomainOrgRoleDifference removedPermissionPolicies*>u6 addedPermissionPolicies*>u6 samePermissionPolicies*>u6 userOrgRole>u3 roleFromDefault>u3
DomainOrganizationProduct id
DomainOrganizationRole id name description defaultRoleId permissions* unusedPermissions* permissionPolicies*>u6 userCount# roleNeedsUpdate? baseLicense addonLicenses* dateLicenseLastUpdated default? base? selfUri
DomainPermission domain entityType action label allowsConditions? divisionAware?
DomainPermissionCollection id name domain permissionMap%*>u4 selfUri
DomainPermissionPolicy domain entityName policyName policyDescription actionSet* namedResources* allowConditions? resourceConditionNode>u9
DomainPhysicalCapabilities vlan? team?
DomainPhysicalInterface id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp edgeUri friendlyName hardwareAddress portLabel physicalCapabilities>u7 selfUri
DomainResourceConditionNode variableName operator=5z operands*~ conjunction=c terms*>u9
DomainRole id name
Domains authorizedDomains>7v allowExistingEmailParticipants? allowOutboundToAnyDomainAcd?
DownloadResponse id contentLocationUri imageUri thumbnails*>te state=dk resultUri selfUri
Draft id name! miner>1h9 intents*>ue topics*>ug dateCreated dateModified selfUri
DraftIntents id! name! utterances!* selfUri
DraftListing entities*>ud nextUri selfUri previousUri
DraftTopics id! name miner>1h9 conversationCount# conversationPercent# utteranceCount# phraseCount# phrases!* selfUri
DraftValidationResult valid? errors*>wg
DurationCondition durationTarget=51 durationOperator durationRange durationMode=2y
DynamicContactQueueingSettings sort? filter?
DynamicGroupDefinition group!>1k dateModified! query!>ul selfUri
DynamicGroupQuery skillConditions!*>un
DynamicGroupQueryPreview userCount#
DynamicGroupSkillCondition routingSkillConditions!*~ languageSkillConditions!*~ operation!=1z
DynamicLineBalancingSettings enabled? relativeWeight#
Edge id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp interfaces*>uu make model apiVersion softwareVersion softwareVersionTimestamp softwareVersionPlatform softwareVersionConfiguration fullSoftwareVersion pairingId fingerprint fingerprintHint currentVersion stagedVersion patch statusCode=a2 edgeGroup>us site>1yi softwareStatus>tn onlineStatus=aw serialNumber physicalEdge? managed? edgeDeploymentType=7f certType=cr callDrainingState=a6 conversationCount# proxy offlineConfigCalled? osName selfUri
EdgeAutoUpdateConfig timeZone! rrule! start! end!
EdgeEntityListing entities*>up pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
EdgeGroup id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp managed? hybrid? edgeTrunkBaseAssignment!>25x phoneTrunkBases!*>25w selfUri
EdgeGroupEntityListing entities*>us pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
EdgeInterface type ipAddress name macAddress ifName endpoints*>tw lineTypes* addressFamilyId
EdgeLogsJob id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp files*>uw selfUri
EdgeLogsJobFile id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp timeCreated timeModified sizeBytes# uploadStatus=fq edgePath downloadId selfUri
EdgeLogsJobResponse id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp selfUri
EdgeMetrics edge>tw eventTime upTimeMsec# processors*>v2 memory*>v0 disks*>uz subsystems*>v3 networks*>v1
EdgeMetricsDisk availableBytes# partitionName totalBytes#
EdgeMetricsMemory availableBytes# type totalBytes#
EdgeMetricsNetwork ifname sentBytesPerSec# receivedBytesPerSec# bandwidthBitsPerSec# utilizationPct#
EdgeMetricsProcessor activeTimePct# cpuId idleTimePct# privilegedTimePct# userTimePct#
EdgeMetricsSubsystem delayMs# processName mediaSubsystem>v3
EdgeNetworkDiagnostic id selfUri
EdgeNetworkDiagnosticResponse commandCorrelationId diagnostics
EdgeOfflineConfigurationResponse downloadUrl
EdgeTrunkBase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp trunkMetabase!>tw properties%~ trunkType!=61 site>tw inboundSite>tw selfUri
EdgeVersionInformation softwareVersion
EdgeVersionReport oldestVersion>v8 newestVersion>v8
Education school fieldOfStudy notes dateStart dateEnd
Email state=i5 initialState=i5 id held? subject messagesSent# segments*~ direction=jc
EmailAddress email name
EmailAttachment name contentPath contentType attachmentId contentLength#
EmailCampaignSchedule id name dateCreated dateModified version# intervals!*>1ug recurrences*>1rp timeZone emailCampaign!>sy selfUri
EmailCampaignScheduleEntityListing entities*>ve pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EmailColumn columnName! type! contactableTimeColumnName contactableTimeColumn
EmailConfig emailColumns!* contentTemplate>tw fromAddress!>11s replyToAddress>1rs
EmailConversation id name participants*>vl otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr selfUri
EmailConversationEntityListing entities*>vi pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EmailErrorInfo message code
EmailMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime subject messagesSent# autoGenerated? draftAttachments*>75 spam? messageId
EmailMediaPolicy actions>1nq conditions~
EmailMediaSettings enableAutoAnswer? alertingTimeoutSeconds# serviceLevel>1x1 autoAnswerAlertToneSeconds# manualAnswerAlertToneSeconds# allOutboundEmailAddresses*>1pz
EmailMessage id name to!*>vc cc*>vc bcc*>vc from!>vc replyTo>vc subject attachments*>75 textBody! htmlBody time historyIncluded? state=4k draftType=dh emailSizeBytes# maxEmailSizeBytes# selfUri
EmailMessagePreview id name to!*>vc cc*>vc bcc*>vc from!>vc replyTo>vc subject attachments*>75 textBodyPreview time historyIncluded? state=4k draftType=dh emailSizeBytes# maxEmailSizeBytes# selfUri
EmailMessagePreviewListing entities*>vp pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EmailMessageReply to!*>vc cc*>vc bcc*>vc from!>vc replyTo>vc subject attachments*>75 textBody! htmlBody time historyIncluded? emailSizeBytes# maxEmailSizeBytes#
EmailOutboundDomainResult dnsCnameBounceRecord>t5 dnsTxtSendingRecord>t5 domainName senderStatus=di senderType=ga emailSetting>vt dmarcVerificationResult>t0
EmailSetting id! name! domains>ub selfUri
EmailSettingEntityListing entities*>vt pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EmailSettings multipleRouteDestinationsOnInboundEmailEnabled?
EmailSetup rootDomain
EmailThreadingSettings startNewConversationOnSubjectChange? timeoutInMinutes#
EmailsSettings sendingSizeLimit#
EmbeddedIntegration enableWhitelist? domainWhitelist*
EmergencyCallFlow emergencyFlow>tw ivrs*>tw
EmergencyGroup id name! division>2h0 description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp enabled? emergencyCallFlows*>w0 selfUri
EmergencyGroupDivisionView id name! division>2h0 selfUri
EmergencyGroupDivisionViewEntityListing entities*>w2 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
EmergencyGroupListing entities*>w1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EmergencyLocation id name address!>1e7 did! source!=1b selfUri
EmpathyScore score# userId
EmployerInfo officialName employeeId employeeType dateHire
EncryptionKey id name createDate keydataSummary user>289 localEncryptionConfiguration>1e1 keyConfigurationType=96 kmsKeyArn selfUri
EncryptionKeyEntityListing entities*>w8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Endpoint id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp count# properties%~ schema!>tw enabled? site>tw dids* selfUri
EngineIntegration id selfUri
Entity id
EntityChange entityId entityName entityType oldValues* newValues*
EntityListing entities*~
EntityReference id!
ErrorBody message code status# entityId entityName messageWithParams messageParams% contextId details*>ro errors*>wg limit>1df
ErrorDetails status# message messageWithParams messageParams% code contextId nested>wh details
ErrorInfo message code
EscalationRuleResponse id name matchCriteria! priority# divisionId! description dateCreated dateModified status=11 openEscalation>wk facebookEscalation>wk instagramEscalation>wk twitterEscalation>wk googleBusinessProfileEscalation>wk selfUri
EscalationTarget targetType!=49 destination!=ek override>1mc
EstimateAvailableFullDayTimeOffResponse date! durationMinutes!# payableMinutes!# flexible!? overrideDateType earliestStartOffsetMinutes# latestEndOffsetMinutes#
EstimateAvailablePartialDayTimeOffResponse date! durationMinutes!# payableMinutes!# flexible!? overrideDateType
EstimateAvailableTimeOffResponse fullDayDates*>wl partialDayDates*>wm user!>29n activityCodeId! paid!?
EstimateJobAsyncResponse id selfUri
EstimatedWaitTimePredictions results!*>1o4
EvaluateShiftTradeListJobResponseItem entities*>wr
EvaluatedShiftTradeResponseItem trade!>1y2 matchReview>1xr
Evaluation id name conversation>n8 evaluationForm>wy evaluator>289 agent>289 calibration>eb status=bf answers>xa agentHasRead? assignee>289 assigneeApplicable? releaseDate assignedDate createdDate changedDate submittedDate revisionCreatedDate queue>1py mediaType* divisionIds* rescore? conversationDate conversationEndDate neverRelease? assigned? dateAssigneeChanged resourceId resourceType=5u redacted? agentTeam>231 isScoringIndex? authorizedActions* hasAssistanceFailed? evaluationSource>xh disputeCount# version# versionHistory>1mg declinedReview? evaluationContextId retractedEvaluation>x8 aiScoring>4c selfUri
EvaluationAggregateDataContainer group% data*>20o
EvaluationAggregateQueryResponse results*>wt
EvaluationAssignment evaluationForm>wy user>289
EvaluationAsyncAggregateQueryResponse results*>wt cursor
EvaluationEntityListing entities*>ws pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EvaluationForm id name! division>2h1 modifiedDate published? contextId questionGroups!*>x5 publishedVersions>ts evaluationSettings>xf latestVersionFormName aiScoring>4d redacted? dialect selfUri
EvaluationFormDivisionView id name division>2h1 contextId! modifiedDate dialect selfUri
EvaluationFormDivisionViewListing entities*>wz pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EvaluationFormResponse id name! division>2h1 modifiedDate published? contextId questionGroups*>x5 weightMode=dq evaluationSettings>xf publishedVersions>ts latestVersionFormName aiScoring>4d dialect selfUri
EvaluationFormResponseEntityListing entities*>x1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
EvaluationFormSearchResponse id division>2h1 modifiedDate published? contextId questionGroups*>x5 weightMode=dq evaluationSettings>xf
EvaluationQuestion id contextId text helpText type=ji naEnabled? commentsRequired? visibilityCondition>2bz
EvaluationQuestionGroup id contextId name type defaultAnswersToHighest? defaultAnswersToNA? naEnabled? weight# manualWeight? questions*>x4 visibilityCondition>2bz defaultAnswersTo>r7
EvaluationQuestionGroupScore questionGroupId totalScore# maxTotalScore# markedNA? systemMarkedNA? totalCriticalScore# maxTotalCriticalScore# totalNonCriticalScore# maxTotalNonCriticalScore# totalScoreUnweighted# maxTotalScoreUnweighted# totalCriticalScoreUnweighted# maxTotalCriticalScoreUnweighted# totalNonCriticalScoreUnweighted# maxTotalNonCriticalScoreUnweighted# questionScores*>x7
EvaluationQuestionScore questionId answerId score# markedNA? systemMarkedNA? assistedAnswerId failedKillQuestion? comments
EvaluationReference id selfUri
EvaluationResponse id name conversation>n8 evaluationForm>x1 evaluator>289 agent>289 calibration>1k status=bf answers>xa agentHasRead? assignee>289 assigneeApplicable? releaseDate assignedDate createdDate changedDate submittedDate revisionCreatedDate queue>1py mediaType* divisionIds* rescore? conversationDate conversationEndDate neverRelease? assigned? dateAssigneeChanged resourceId resourceType=5u redacted? isScoringIndex? authorizedActions* hasAssistanceFailed? evaluationSource>xh disputeCount# version# versionHistory>1mg declinedReview? evaluationContextId retractedEvaluation>x8 aiScoring>4c selfUri
EvaluationScoringSet totalScore# totalCriticalScore# maxTotalRawCriticalScore# maxTotalRawScore# totalNonCriticalScore# questionGroupScores*>x6 anyFailedKillQuestions? comments privateComments agentComments transcriptTopics*>25c
EvaluationSearchAggregationBucket key keyAsString documentCount# keyValue# from# to# value# count#
EvaluationSearchAggregationResponse value# count# minimum# maximum# average# sum# documentCountErrorUpperBound# sumOtherDocumentCount# buckets*>xb
EvaluationSearchItemResponse id name conversation>n8 evaluationForm>x3 evaluator>289 agent>289 calibration>1k status=bf answers>xa agentHasRead? assignee>289 assigneeApplicable? releaseDate assignedDate createdDate changedDate submittedDate revisionCreatedDate queue>1py mediaType* divisionIds* rescore? conversationDate conversationEndDate neverRelease? assigned? dateAssigneeChanged resourceId resourceType=5u redacted? isScoringIndex? authorizedActions* hasAssistanceFailed? evaluationSource>xh disputeCount# version# versionHistory>1mg declinedReview? evaluationContextId retractedEvaluation>x8 aiScoring>4c selfUri
EvaluationSearchResponse pageSize# pageNumber# results*>xd aggregations%>xc
EvaluationSettings revisionsEnabled? disputesEnabled? disputesAllowedPerEvaluation# disputesAssignees*>xg
EvaluationSettingsAssignee user>29p type=b8
EvaluationSource id name type=c9 selfUri
EvaluationVersion id name selfUri
EvaluatorActivity id name evaluator>289 numEvaluationsAssigned# numEvaluationsStarted# numEvaluationsCompleted# numCalibrationsAssigned# numCalibrationsStarted# numCalibrationsCompleted# numEvaluationsWithoutViewPermission# selfUri
EvaluatorActivityEntityListing entities*>xj pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Event id! correlationId! customerId customerIdType session!>xw eventType! outcomeAchievedEvent>1lr segmentAssignmentEvent>1wd webActionEvent>2ce webEvent>2co appEvent>5s createdDate!
EventAggregatesResponse interval eventDefinitionAggregates*>xp
EventCondition key! values!* operator=iq streamType!=hm sessionType! eventName
EventDefinition id name description
EventDefinitionAggregates eventDefinition>1k eventCount#
EventDefinitionListing entities*>xo
EventError eventId message retryable?
EventListing entities*>xl nextUri selfUri previousUri
EventLog id name errorEntity>tw relatedEntity>tw timestamp level=7u category=3b correlationId eventMessage>xu selfUri
EventMessage code=5 message messageWithParams messageParams%~ documentationUri resourceURIs*
EventQueryResponse entities*>1kj nextUri selfUri previousUri
EventSession id! selfUri type!
EventSetting typing>278
ExecutionDataEntity id downloadUri failed? statusCode
ExecutionDataFlowSettingsResponse id name enabled? modifiedBy>29n modifiedByClient>tw dateModified selfUri
ExecutionDataGlobalSettingsResponse id name enabled? modifiedBy>29n modifiedByClient>tw dateModified selfUri
ExpandableWebDeployment id name! description allowAllDomains? allowedDomains* supportedContent>21y snippet dateCreated dateModified lastModifiedUser>1k flow>2cl status=bu pushIntegrations*>1p7 configuration!>2ck selfUri
ExpandableWebDeploymentEntityListing entities*>y1 nextUri selfUri previousUri total#
ExpiredEdgeListing entities*>tw
ExportScriptResponse url
ExportUri uri exportTimestamp
Extension id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp number owner>tw extensionPool>tw ownerType=fw selfUri
ExtensionEntityListing entities*>y6 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ExtensionPool id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp startNumber endNumber selfUri
ExtensionPoolDivisionView id name! division>sv selfUri
ExtensionPoolDivisionViewEntityListing entities*>y9 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ExtensionPoolEntityListing entities*>y8 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ExternalContact id division>2h1 firstName middleName lastName salutation title workPhone>1n9 cellPhone>1n9 homePhone>1n9 otherPhone>1n9 workEmail personalEmail otherEmail address>kg twitterId>271 lineId>1dp whatsAppId>2e7 facebookId>z5 instagramId>16h appleOpaqueIds*>61 externalIds*>yn identifiers*>kl modifyDate createDate externalOrganization>yt surveyOptOut? externalSystemUrl schema>q0 customFields%~ externalDataSources*>yf type=68 canonicalContact>kh mergeSet*>kh mergedFrom*>kh mergedTo>kh mergeOperation>1fv selfUri
ExternalContactReference id firstName lastName selfUri
ExternalContactsSettings manuallyAssignDivisionsToInteractions? manuallyAssignDivisionsToContacts?
ExternalDataSource platform=dp url
ExternalEvent id! dateCreated! identifiers!~ attributes!%~
ExternalEventChange changeCategory schemaId eventName dateDetected systemStatus errorCode errorDescription
ExternalEventChangesResponse changes*>yh
ExternalEventSummary schemaId eventName displayName rank# activationStatus systemStatus dateCreated dateModified dateFirstActivated
ExternalEventsConfiguration id! name description! divisionId! divisionIdActive!? schemaId! schemaActive!? source! dateLastModified! selfUri
ExternalEventsConfigurationListing entities*>yk pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ExternalEventsResponse unprocessedEntities!*>27q
ExternalId externalSource!>yz value!
ExternalMetricDataProcessedItem userId userEmail metricId! dateOccurred! value!# count# type=fe totalValue# totalCount#
ExternalMetricDataUnprocessedItem userId userEmail metricId! dateOccurred! value!# count# type=fe message code
ExternalMetricDataWriteResponse processedEntities*>yo unprocessedEntities*>yp
ExternalMetricDefinition id name unit=e9 unitDefinition precision# defaultObjectiveType=7l retentionMonths# enabled? inUse? dateLastRefreshed selfUri
ExternalMetricDefinitionListing entities*>yr pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ExternalOrganization id name! division>2h1 companyType industry address>kg phoneNumber>1n9 faxNumber>1n9 employeeCount# revenue# tags* websites* tickers*>246 twitterId>271 externalSystemUrl modifyDate createDate trustor>26p schema>q0 customFields%~ identifiers*>yu externalIds*>yn externalDataSources*>yf selfUri
ExternalOrganizationIdentifier division>2h1 type!=6i value! dateCreated externalSource>yz
ExternalOrganizationIdentifierListing entities*>yu
ExternalOrganizationListing entities*>yt pageSize# pageNumber# total# partialResults? lastUri firstUri selfUri nextUri previousUri pageCount#
ExternalOrganizationTrustorLink division>2h1 externalOrganizationId trustorOrgId dateCreated externalOrganizationUri
ExternalSegment id! name! source!=1c
ExternalSource id name! active? linkConfiguration>1ds selfUri
FabricTag name
FacebookAppCredentials id!
FacebookDataIngestionRuleResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId selfUri
FacebookDataIngestionRuleVersionResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId selfUri
FacebookDataIngestionRuleVersionResponseEntityListing entities*>z3 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FacebookId ids!*>zb displayName
FacebookIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
FacebookIntegration id! name! supportedContent>21y messagingSetting>1gn appId! pageId pageName pageProfileImageUrl status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw version!# createStatus=8u createError>wg selfUri
FacebookIntegrationEntityListing entities*>z7 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FacebookPermission name type=6o
FacebookPermissionEntityListing entities*>z9
FacebookScopedId scopedId!
FacetEntry attribute~ statistics~ other# total# missing# termCount# termType=ey terms*~
FacetKeyAttribute id name count#
FailedDeleteProtectionUpdate conversation>n8 errorMessage errorCode
FailedObject id version name errorCode
FailedRecordingEntityListing entities*>1qx pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FailureReason code message
Fallback enabled? actions*~
Faq question answer sourceUri documentUrl documentDisplayName confidence#
FaxConfig sendEmailNotifications!? disableEmailPii!?
FaxDocument id name dateCreated dateModified contentUri workspace>tw createdBy>tw sharingUri contentType contentLength# filename read? pageCount# callerAddress receiverAddress thumbnails*>te downloadSharingUri selfUri
FaxDocumentEntityListing entities*>zl pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FaxSendResponse id name uploadDestinationUri uploadMethodType=du headers% selfUri
FaxStatus direction expectedPages# activePage# linesTransmitted# bytesTransmitted# baudRate# pageErrors# lineErrors#
FaxSummary readCount# unreadCount# totalCount#
FeatureSupport feature supportLevel=ev details
FieldConfig id name entityType=k2 state sections*>1w7 version schemaVersion selfUri
FieldConfigs org>zr person>zr group>zr
FieldList customLabels? instructionText key labelKeys* params%~ repeatable? state type
FileSpecificationTemplate id name! dateCreated dateModified version# description format!=6u numberOfHeadingLinesSkipped# numberOfTrailingLinesSkipped# header? delimiter=3w delimiterValue columnInformation*>j7 preprocessingRules*>1oi selfUri
FileSpecificationTemplateEntityListing entities*>zu pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FileUploadSettings enableAttachments? modes*~
FilterPreviewResponse filteredContacts# totalContacts# preview*>s0
FixedAvailability availabilityRange>88 dateRange>1s9 daysOfWeek*
Flow id name! division>2h0 description type=2r lockedUser>289 lockedClient>tw active? system? deleted? publishedVersion>119 savedVersion>119 inputSchema~ outputSchema~ checkedInVersion>119 debugVersion>119 publishedBy>289 currentOperation>1kf nluInfo>1ie supportedLanguages*>222 compatibleFlowTypes* worktypeId virtualAgentEnabled? selfUri
FlowActivityData group% data*>102 truncated? entities*>101
FlowActivityEntityData activityDate! metric=js activeRouting=36 addressFrom addressTo ani conversationId convertedFrom convertedTo
FlowActivityMetricValue metric=js qualifier entityIds* count#
FlowActivityResponse results*>100 entityIdDimension=hw
FlowAggregateDataContainer group% data*>20o
FlowAggregateQueryResponse results*>104
FlowAsyncAggregateQueryResponse results*>104 cursor
FlowCharacteristics executionItems? executionInputOutputs? communications? eventError? eventWarning? eventOther? variables? names?
FlowDiagnosticInfo lastActionId#
FlowDivisionView id name! division>2h0 type=2r description inputSchema>18o outputSchema>18o supportedLanguages*>222 publishedVersion>119 debugVersion>119 selfUri
FlowDivisionViewEntityListing entities*>109 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowEntityListing entities*>zz pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowExecutionAggregateDataContainer group% data*>20o
FlowExecutionAggregateQueryResponse results*>10c
FlowExecutionAsyncAggregateQueryResponse results*>10c cursor
FlowExecutionDataQueryResult id name startDateTime endDateTime flowId flowVersion conversationId workitemId flowType=ij flowErrorReason flowWarningReason flowName selfUri
FlowExecutionLaunchResponse id name flowVersion>tw selfUri
FlowHealth flowVersionInfo>10o languageInfo%>1e4 intents*>10k selfUri
FlowHealthErrorInfo message code messageWithParams messageParams%~
FlowHealthIntent id name flowVersionInfo>10m language=j1 health>148 selfUri
FlowHealthIntentInfo id name languageHealth%>1e3 selfUri
FlowHealthIntentUtterance id text issueCount# staticValidationResults* outlierInfo>1m8 confusionInfo~
FlowHealthIntentVersionInfo nluVersion>1k flowVersion>1k nluDomain>1k
FlowHealthUtterance id text issueCount# language=j1 staticValidationResults* outlierInfo>1m8 confusionInfo>k0 selfUri
FlowHealthVersionInfo flowVersion>1k nluDomain>1k
FlowLogLevel level=g9 characteristics>107
FlowLogLevelCharacteristicsDefinition id minimumLevel=g9 dependsOn>107
FlowLogLevelCharacteristicsDefinitions logLevels*>10p characteristics*>10q
FlowMilestone id name! division>2h0 description selfUri
FlowMilestoneDivisionView id name! division>2h0 selfUri
FlowMilestoneDivisionViewEntityListing entities*>10t pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowMilestoneListing entities*>10s pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowObservationDataContainer group% data*>1jg
FlowObservationQueryResponse results*>10w
FlowOutcome id name! division>2h0 description currentOperation>1kf selfUri
FlowOutcomeDivisionView id name! division>2h0 selfUri
FlowOutcomeDivisionViewEntityListing entities*>10z pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowOutcomeListing entities*>10y pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowPaths category!=1m dateStart dateEnd elements!%>113
FlowPathsElement parentId type!=k count!# flows!*>114 flowMilestone>1k flowOutcome>1k flowOutcomeValue=6m
FlowPathsFlowDetails flow!>1k version! type!=5e count!#
FlowResultEntityListing entities*>10f pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowRuntimeExecution id name flowVersion!>119 dateLaunched! status!=fo dateCompleted completionReason flowErrorInfo>wg outputData%~ conversation>tw selfUri
FlowSettingsResponse id name type=ij modifiedBy>29n modifiedByClient>tw dateModified logLevelCharacteristics>10p selfUri
FlowSettingsResponseEntityListing entities*>117 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowVersion id name commitVersion configurationVersion type=bl secure? debug? createdBy>289 createdByClient>tw configurationUri dateCreated# dateCheckedIn# dateSaved# generationId publishResultUri inputSchema>18o outputSchema>18o virtualAgentEnabled? datePublished datePublishedEnd nluInfo>1ie supportedLanguages*>222 compatibleFlowTypes* selfUri
FlowVersionEntityListing entities*>119 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
FlowsQueryCriteriaResponse criteria*>1ph flowTypes* actionTypes* errorCodes* warningCodes*
FooterTemplate type=eg applicableResources*
ForecastInputPlanningGroupData planningGroupId! capacityPlanForecastMetrics!>ge
ForecastMetadata dateCreated forecastId intervalLengthInMinutes source=2i dateStart timeZone
ForecastPlanningGroupData planningGroupId! offeredPerInterval!*# averageHandleTimeSecondsPerInterval!*#
ForecastPlanningGroupResponse id name routePaths*>1tc serviceGoalTemplate>11i
ForecastPlanningGroupsResponse entities*>11g businessUnitServiceGoalImpact>2dv
ForecastServiceGoalTemplateResponse serviceLevel~ averageSpeedOfAnswer~ abandonRate~ impactOverride~
ForecastSourceDayPointer dayOfWeek=eu weight# date fileName dataKey
Form formDescription! receivedMessage!>11m replyMessage!>11m introduction>11l formPages!*>11n showSummary!?
FormIntroduction title! imageUrl subtitle! buttonText!
FormMessage title! subtitle imageUrl
FormPage title! subtitle! pageComponents!*~
FormsTrackTrigger selector! formName! captureDataOnFormAbandon!? captureDataOnFormSubmit!?
FreeTrialLimit key defaultValue# description resource
FreeTrialLimitDocs namespaces*>11r
FreeTrialNamespace name friendlyName limits*>11p
FromEmailAddress domain!>tw friendlyName localPart
FullDayTimeOffMarker businessUnitDate lengthMinutes# description activityCodeId paid? timeOffRequestId
Function id name description! dateCreated zipId handler! runtime! timeoutSeconds#
FunctionConfig id function>11u zip>11y uploadExceptionHistory*>11y selfUri
FunctionRuntime name description status=2m dateEndOfLife
FunctionUploadResponse url headers% signedUrlTimeoutSeconds#
FunctionZipConfig status=c3 id name dateCreated errorMessage requestId
GDPRJourneyCustomer type id
GDPRRequest id name createdBy!>tw replacementTerms*>1rr requestType!=6y createdDate! status!=7w subject!>122 resultsUrl resultsUrls* selfUri
GDPRRequestEntityListing entities*>120 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GDPRSubject name userId externalContactId dialerContactId>s1 journeyCustomer>11z socialHandle>1zh externalId addresses* phoneNumbers* emailAddresses*
GDPRSubjectEntityListing entities*>122 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GKNDocumentationResult content link title _type!
GKNDocumentationSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>124
GSuite id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
GamificationStatus isActive? dateStart automaticUserAssignment? dateStartPersonalBest
GenAIPhrasesJob id state createdBy>1k dateCreated dateModified aiGeneratedPhrases* selfUri
GenAIPhrasesJobs id state createdBy>1k dateCreated dateModified action entityType selfUri
GeneralProgramJob id state=dm createdBy>1k dateCreated dateModified selfUri
GeneralTopic name
GeneralTopicsEntityListing entities*>12b
GeneratedGuideContent instruction variables*>2br resources>145
GenericDataIngestionRuleResponse id name description status version# dateCreated dateModified platform ingestionRuleInfo>1g2 countries* selfUri
GenericDataIngestionRuleResponseEntityListing entities*>12e pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GenericSAML id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? endpointCompression? selfUri
Geolocation id name type primary? latitude# longitude# country region city locations*>1e9 selfUri
GeolocationSettings id name enabled? mapboxKey selfUri
GetCelebrationListing entities*>hi pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GetContestsEssentialsListing entities*>m1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GetExternalEventsResponse entities*>yj
GetFlowExecutionDataJobResult id name entities*>xy jobState=dd selfUri
GetMetricDefinitionsResponse total# entities*>1h4 selfUri
GetMetricResponse total# entities*>1h3 selfUri
GetMetricsResponse total# entities*>1h6 selfUri
GetProfilesResponse total# entities*>1mx selfUri
GetTemplatesResponse total# entities*>1je selfUri
GetUploadSourceUrlJobStatusResponse id status=4i uploadKey errorInformation>wg selfUri
GoogleAuthToken id! clientId! scopes!* dateCreated! createdBy!>tw
GoogleAuthTokenReference id!
GoogleBusinessProfileAccount id! name!
GoogleBusinessProfileAccountListing entities*>12v
GoogleBusinessProfileAccountReference id!
GoogleBusinessProfileDataIngestionRuleResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId externalSource>tw selfUri
GoogleBusinessProfileDataIngestionRuleVersionResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId externalSource>tw selfUri
GoogleBusinessProfileDataIngestionRuleVersionResponseEntityListing entities*>12z pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GoogleBusinessProfileOpenIntegration id! name! supportedContent>21y messagingSetting>1gn status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw createStatus=8u createError>wg token!>12u account!>12x selfUri
GoogleDialogflowConfig integrationId conversationProfiles!*>n5
GoogleOAuthSettingsResponse clientId! scopes!*
Grammar id name description languages*>135 selfUri
GrammarLanguage id grammarId language voiceFileUrl dtmfFileUrl voiceFileMetadata>136 dtmfFileMetadata>136 selfUri
GrammarLanguageFileMetadata fileName fileSizeBytes# dateUploaded fileType=7a
GrammarListing entities*>134 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Graph vertices>13c edges*>13a
GraphApiSettings integration>tw status=x errorInfo>vk
GraphEdge from to
GraphSettings automaticMergingEnabled? dateModified selfUri
GraphVertices contacts*~ identifiers*~
Greeting id name type!=dx ownerType!=fv owner!>tq audioFile>13e audioTTS createdDate createdBy modifiedDate modifiedBy selfUri
GreetingAudioFile durationMilliseconds# sizeBytes# selfUri
GreetingListing entities*>13d pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GreetingMediaInfo id mediaFileUri mediaImageUri
GreetingOwner id name selfUri
Group id name! description dateModified memberCount# state=i0 version# type!=jw images*>15e addresses*>13j rulesVisible!? visibility!=k4 rolesEnabled? includeOwners? callsEnabled? email owners*>289 selfUri
GroupContact address! extension display type!=70 mediaType!=bg
GroupEmailPolicy emailMembers? emailGroup?
GroupEntityListing entities*>13i pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GroupProfile id name state=i0 dateModified version!# selfUri
GroupProfileEntityListing entities*>13m pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GroupSettings minimumGroupSize# maximumGroupSize# maximumTotalSessions# maximumConcurrentSessions#
GroupsSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>13i
GuestCategoryReference id selfUri
GuestCategoryResponseListing entities*>13s nextUri selfUri previousUri sessionId
GuestResponseCategory id name description externalId dateCreated dateModified parentCategory>13q selfUri
Guide id name status=cp source=9m dateCreated dateModified selfUri latestSavedVersion>144 latestProductionReadyVersion>144
GuideContentGenerationJob id status=8f errors*>wg guide>1k guideContent>12d selfUri
GuideEntityListing entities*>13t pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
GuideJob id status=8f errors*>wg guide>1k selfUri
GuideSessionTurnInvocationParameters name type=eo value
GuideSessionTurnInvocationResponse id group! actionName! parameters*>13x
GuideSessionTurnResponse response>140 status=80 result=e0 outputVariables*>141 invocationId invocations*>13y
GuideSessionTurnResponseData text
GuideSessionVariable name value
GuideVersion selfUri guide>1k version instruction state=5r dateCreated dateModified variables*>2br resources>145 knowledgeSettings>7r
GuideVersionPublishJob id status=8f errors*>wg guide>1k guideVersion>142 selfUri
GuideVersionRef version selfUri
GuideVersionResources dataActions*>ps
HeadcountForecast required!*~ requiredWithoutShrinkage!*~
Header name value
HealthInfo status=8b errorInfo>10i overallScore# issueCount# staticValidationResults* utterances*>10l
HelpLink uri title description
HelpSettings keyword!* response!~
HistoricalAdherenceActuals actualActivityCategory=b2 actualSecondaryPresenceLookupId startOffsetSeconds# endOffsetSeconds#
HistoricalAdherenceExceptionInfo startOffsetSeconds# endOffsetSeconds# scheduledActivityCodeId scheduledActivityCategory=b2 scheduledSecondaryPresenceLookupIds* actualActivityCodeId actualActivityCategory=b2 systemPresence=2l
HistoricalAdherenceQueryResult userId managementUnitId startDate endDate adherencePercentage# conformancePercentage# impact=cb exceptionInfo*>14c
HistoricalDataDeleteEntity requestId status=8g
HistoricalDataDisallowedDeleteEntity requestId reason=93
HistoricalDataJobEntityStatus id state=ci selfUri
HistoricalImportDeleteFilesJobResponse id state=ci entities*>14e disallowedEntities*>14f selfUri
HistoricalImportOverallDeleteStatusResponse entities*>14g status=cg
HistoricalImportStatus requestId dateImportEnded dateImportStarted status=8v error dateCreated dateModified active? type=4q fileName fileSize#
HistoricalImportStatusJobResponse id importStatusResult>14j selfUri
HistoricalImportStatusListing entities*>14j downloadUrl
HistoricalShrinkageResult startDate endDate totalScheduledDurationSeconds# totalLoggedInDurationSeconds# aggregatedShrinkage~ shrinkageForActivityCategories*~ businessUnitIds*
HistoricalShrinkageResultListing entities*>14m
HistoryEntry action=3d resource timestamp user>289 client>tw version secure? virtualAgentEnabled? agenticVirtualAgentEnabled?
HistoryListing id complete? user>289 client>tw errorMessage errorCode errorDetails*>ro errorMessageParams% actionName=3g actionStatus=98 name description system? started completed pageSize# pageNumber# total# entities*>14o pageCount#
HomerRecord id name date milliTs microTs method replyReason ruri ruriUser ruriDomain fromUser fromDomain fromTag toUser toDomain toTag pidUser contactUser authUser callid callidAleg via1 via1Branch cseq diversion reason contentType auth userAgent sourceIp sourcePort destinationIp destinationPort contactIp contactPort originatorIp originatorPort correlationId proto family rtpStat type node trans dbnode msg sourceAlias destinationAlias conversationId participantId selfUri
HrisTimeOffType id! name! hrisIntegrationId! secondaryId
HrisTimeOffTypeResponse id! name! secondaryId
HrisTimeOffTypesJobReference id status=ci selfUri
HrisTimeOffTypesJobResponse entities*>14s status=ci
HrisTimeOffTypesResponse job>14t entities*>14s
IVR id name! division>2h0 description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp dnis* openHoursFlow>tw closedHoursFlow>tw holidayHoursFlow>tw scheduleGroup>tw selfUri
IVRDivisionView id name! division>2h0 selfUri
IVRDivisionViewEntityListing entities*>14x pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
IVREntityListing entities*>14w pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
IVRIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
IdentityNow id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
IdentityProvider id name disabled? selfUri
IdentityProviderEntityListing entities*>1ts pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
IdentityResolutionAutomergeConfig authenticatedWebMessaging? webTracking?
IdentityResolutionExternalSource id selfUri
IdentityResolutionQueueConfig callOnBehalfOfQueue>1lk
IdleEventTrigger eventName! idleAfterSeconds#
IdleTokenTimeout idleTokenTimeoutSeconds# enableIdleTokenTimeout? inactivityTimeoutUnit=9x inactivityTimeoutGroupsEnabled? inactivityTimeoutGroupBundles*>15o
IgnorePhrasesResponse totalPhrases!# addedPhrases!# updatedPhrases!#
IgnoreTopicsResponse totalTopics!# addedTopics!# updatedTopics!#
IgnoredMinedEntity id! text! participant!=4s dateCreated! dateModified! mediaType=3n
IgnoredMinedPhraseListing entities*>15b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
IgnoredMinedTopicListing entities*>15b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Image resolution imageUri
ImapSettings integration>tw status=t errorInfo>vk
ImportForecastResponse status=ch operationId result>bm
ImportForecastUploadResponse uploadKey url headers% uploadBodySchema>az
ImportScheduleUploadResponse uploadKey url headers% uploadBodySchema>15j
ImportScheduleUploadSchema description! weekCount!# published? shortTermForecast>bp headcountForecast>aw agentSchedules*>ay
ImportScriptStatusResponse url succeeded? message
ImportStatus state!=81 totalRecords!# completedRecords!# percentComplete!# failureReason targetContactListIds* listNamePrefix
ImportTemplate id name dateCreated dateModified version# contactListTemplate!>tw contactListFilter>tw useSplittingCriteria? splittingInformation>204 listNameFormat=9d customListNameFormatValue importStatus>15l selfUri
ImportTemplateEntityListing entities*>15m pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InactivityTimeoutGroupBundle priority!# timeoutSeconds!# inactivityTimeoutUnit=9x groups!*
InboundDomain id name mxRecordStatus=hc subDomain? mailFromSettings>1er customSMTPServer>tw imapSettings>15f graphApiSettings>139 emailSetting>vt dmarcVerificationResult>t0 selfUri
InboundDomainEntityListing entities*>15p pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InboundRoute id name pattern! queue>tw priority# skills*>tw language>tw fromName! fromEmail flow>tw replyEmailAddress>1pz autoBcc*>vc spamFlow>tw signature>1yb historyInclusion=8n allowMultipleActions? mailboxFolders* status=bv selfUri
InboundRouteEntityListing entities*>15r pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
IncomingMessageResponse messageId
InfixOperator operatorType!=b9 operatorPosition~
InfrastructureascodeJob id dryRun!? acceleratorId dateSubmitted submittedBy>29n status=4j errorInfo>wi results rollbackResults selfUri
InitiateScreenRecording recordACW? archiveRetention~ deleteRetention~
InitiatingAction transactionId actionContext
InsightsAgentItem id name manager>tw selfUri
InsightsAgents performanceProfile>1k division>sx granularity=55 dateStartWorkday dateEndWorkday entities*>15y
InsightsDetails performanceProfile>1k division>sx granularity=55 comparativePeriod>2f7 primaryPeriod>2f7 user>29n metricData*>161 overallData>163
InsightsDetailsMetricItem metric>1k comparativePeriod>162 primaryPeriod>162 percentOfGoalChange# valueChange#
InsightsDetailsMetricPeriodPoints points# maxPoints# dataPointCount# percentOfGoal# rankTotalPoints# rankPercentagePoints# value#
InsightsDetailsOverallItem comparativePeriod>164 primaryPeriod>164 percentOfGoalChange#
InsightsDetailsOverallPeriodPoints points# maxPoints# dataPointCount# percentOfGoal# rankTotalPoints# rankPercentagePoints#
InsightsRankings performanceProfile>1k division>sx granularity=55 comparativePeriod>2f7 primaryPeriod>2f7 leaders*>169 trailers*>169
InsightsSummary entities*>169 pageSize# pageNumber# total# performanceProfile>1k division>sx granularity=55 comparativePeriod>2f7 primaryPeriod>2f7 pageCount#
InsightsSummaryMetricItem metric>1k comparativePeriod~ primaryPeriod~ percentOfGoalChange# valueChange#
InsightsSummaryOverallItem comparativePeriod~ primaryPeriod~ percentOfGoalChange#
InsightsSummaryUserItem user>29n metricData*>167 overallData>168 ranking#
InsightsTrend performanceProfile>1k division>sx granularity=55 comparativePeriod>2f7 primaryPeriod>2f7 entities*>16b total>16c
InsightsTrendMetricItem metric>1k trends>16d
InsightsTrendTotalItem trends>16d
InsightsTrends comparativePeriod*~ primaryPeriod*~
InstagramDataIngestionRuleResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId selfUri
InstagramDataIngestionRuleVersionResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 integrationId selfUri
InstagramDataIngestionRuleVersionResponseEntityListing entities*>16f pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InstagramId ids!*>16l displayName handle
InstagramIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
InstagramIntegration id! name! supportedContent>21y messagingSetting>1gn appId! pageId instagramId instagramUsername instagramName instagramProfileImageUrl status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw version!# createStatus=8u createError>wg selfUri
InstagramIntegrationEntityListing entities*>16j pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InstagramScopedId scopedId!
IntakeSetting property! required!? displayOrder!#
IntakeSettingsListing entities*>16m
Integration id name integrationType>16u notes intendedState!=5w config>16q reportedState>16t attributes% selfUri
IntegrationConfiguration id name! version!# properties!~ advanced!~ notes! credentials!%>o7 selfUri
IntegrationConfigurationInfo current>16p
IntegrationEntityListing entities*>16o pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
IntegrationExport integration!>tw shouldExportScreenRecordings?
IntegrationStatusInfo code=6 effective detail>1g2 lastUpdated
IntegrationType id! name description provider category images*>15e configPropertiesSchemaUri configAdvancedSchemaUri helpUri termsOfServiceUri vendorName vendorWebsiteUri marketplaceUri faqUri privacyPolicyUri supportContactUri salesContactUri helpLinks*>149 credentials%>ob nonInstallable? maxInstances# userPermissions* vendorOAuthClientIds* selfUri
IntegrationTypeEntityListing entities*>16u pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Intent name description
IntentDefinition id name! description entityTypeBindings*>1ht entityNameReferences* utterances!*>1ii additionalLanguages%>1i
IntentFeedback name probability# entities*>rr assessment=8o
IntentReference id name!
IntentsCategory id name! description! dateCreated selfUri
IntentsCategoryListing entities*>170 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InteractiveApplication name url
InternalMessage state=i4 initialState=i4 id segments*~ disconnectType=io startAlertingTime connectedTime disconnectedTime
InternalMessageConversation id name participants*>179 otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr selfUri
InternalMessageConversationEntityListing entities*>174 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InternalMessageData id name conversation>1k communicationId timestamp! sender>29n recipient>29n normalizedMessage>n4 selfUri
InternalMessageDataEntityListing entities*>176 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
InternalMessageDetails messageId messageTime
InternalMessageMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime internalMessageId targetUser>1k sourceUser>1k toAddress>1j fromAddress>1j messages*>178
InvalidAssignment user>29n message
InvoiceAddress dateEffective addressType=2z currencyIsoCode line1 line2 line3 cityName postalCode
IpAddressAuthentication networkWhitelist*
IpAddressRange cidr service=ic region direction=jd
IpAddressRangeListing entities*>17d
ItemValidationLimits minLength!>1h7 maxLength!>1f8
Items type pattern
Journey patterns!*>17x
JourneyAggregateDataContainer group% data*>20o
JourneyAggregateQueryResponse results*>17i
JourneyApp name! namespace! version! buildNumber!
JourneyAsyncAggregateQueryResponse results*>17i cursor
JourneyCampaign content medium name source term clickId network
JourneyCaseAssociation id! associatedCase>1k caseReference dateAssociated selfUri
JourneyContext customer!~ customerSession~ triggeringAction~
JourneyEventDefinition id name! source!=aa rank# displayName description! jsonSchema!>18o selfUri
JourneyEventDefinitionListing total# entities*>17p selfUri
JourneyEventsSettings enabled? excludedQueryParameters* shouldKeepUrlFragment? searchQueryParameters* pageviewConfig=2k clickEvents*>1wn formsTrackEvents*>11o idleEvents*>157 inViewportEvents*>1wn scrollDepthEvents*>1vz trackingSettings>258
JourneyExternalEventsSchema id version# enabled? dateCreated createdBy>tw jsonSchema>17v selfUri
JourneyExternalEventsSchemaListing total# entities*>17s selfUri
JourneyGeolocation country countryName latitude# longitude# locality postalCode region regionName source timezone
JourneyJsonSchemaDocument \$schema! title! description required* properties%~
JourneyPage url! title domain! fragment hostname! keywords lang pathname! queryString breadcrumb!*
JourneyPattern criteria!*~ count!# streamType!=hm sessionType! eventName
JourneySegment id! isActive!? displayName! version!# description color! scope!=ec shouldDisplayToAgent!? context!>m3 journey!>17h externalSegment>yy assignmentExpirationDays# selfUri createdDate! modifiedDate!
JourneyView id name description version# createdBy>18l modifiedBy>18l interval duration elements!*>187 charts*>180 dateCreated dateModified selfUri
JourneyViewChart id name version# rank# groupByTime=59 groupByAttributes*>182 metrics!*>183 displayAttributes>181 groupByMax# selfUri
JourneyViewChartDisplayAttributes type=3v groupByTitle metricsTitle secondaryMetricsTitle showLegend?
JourneyViewChartGroupByAttribute elementId! attribute!
JourneyViewChartMetric id! elementId! aggregate=6g displayLabel attribute
JourneyViewChartMetricResult id values*>185
JourneyViewChartMetricResultValue value# groupByAttributes*~
JourneyViewChartResult id version# metrics*>184 selfUri
JourneyViewElement id! name! attributes!>188 displayAttributes>189 filter>18a followedBy*>18d
JourneyViewElementAttributes type!=6f id source
JourneyViewElementDisplayAttributes x!# y!# col!#
JourneyViewElementFilter type!=1x predicates*~ numberPredicates*~
JourneyViewJob id dateCreated! dateCompleted! status!=l journeyView!>17z dateCompletionEstimated! estimatedCompletionMargin!# userId! selfUri
JourneyViewJobListing entities*>18b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
JourneyViewLink id! constraintWithin~ constraintAfter~ eventCountType=1n joinAttributes*
JourneyViewListing entities*>17z pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
JourneyViewResult elements*>18g charts*>186
JourneyViewResultElement id metrics>18i followedBy*>18h selfUri
JourneyViewResultLink id connectionCount# selfUri
JourneyViewResultMetrics participantCount# activeCount# completedCount# dropoutCount# flowCount#
JourneyViewSchedule id frequency!=55 dateModified! user!>1k selfUri
JourneyViewScheduleListing entities*>18j pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
JourneyViewUser id emailAddress selfUri
JsonCursorSearchResponse types!* results!~ aggregations~ cursor
JsonNodeSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!~ aggregations~
JsonSchemaDocument id \$schema title description type required* properties%~ additionalProperties~
JsonSearchResponse total!# pageCount!# pageSize!# pageNumber!# types!* results!~ aggregations~
KeyPerformanceIndicator id name optimizationType=9n problemType=3p dateCreated dateModified description kpiType=e3 source=ht wrapUpCodeConfig>2gt outcomeConfig>1lx status=66 kpiGroup=el queues* selfUri
KeyPerformanceIndicatorAssessment kpi assessmentResult=gk checks*>i4
KeyPerformanceIndicatorType id=e3 sources*
KeyRotationSchedule id name period!=4w selfUri
KeyValue key! value!
KnowledgeAggregateDataContainer group% data*>20o
KnowledgeAggregateQueryResponse results*>18v
KnowledgeAnswerConfig enabled!?
KnowledgeAnswerDocumentResponse id title answer variation>tf
KnowledgeAnswerDocumentsResponse results*>18y answerGeneration>190
KnowledgeAnswerGenerationResponse answer documents*>5p
KnowledgeAsyncAggregateQueryResponse results*>18v cursor
KnowledgeBase id name description coreLanguage!=iy dateCreated dateModified faqCount# dateDocumentLastModified articleCount# published? contentSearchEnabled? selfUri
KnowledgeBaseListing entities*>192 nextUri selfUri previousUri
KnowledgeBaseReference id! languageCode=iy contentSearchEnabled? selfUri
KnowledgeBaseWithDialectReference id! languageCode!=iz selfUri
KnowledgeContextReference id! selfUri
KnowledgeContextValueReference id! selfUri
KnowledgeConversationContextResponse conversation!>1k queue>1k externalContact>1k mediaType=g6
KnowledgeDocumentAlternative phrase! autocomplete!?
KnowledgeDocumentChunkResponse query total# pageCount# pageSize# pageNumber# queryType=2g searchId preprocessQuery? confidenceThreshold# results*>ta application>1au conversationContext>198
KnowledgeDocumentFeedbackResponse id documentVariation!>wf rating!=ab reason=5l comment search>wf sessionId dateCreated queryType=g4 surfacingMethod=g5 state=5m document>19s application>1au conversationContext>198 user>1k selfUri
KnowledgeDocumentFeedbackResponseListing entities*>19b nextUri selfUri previousUri
KnowledgeDocumentGuestSearch query! pageSize# pageNumber# searchId total# pageCount# queryType=2g sessionId results*>19e
KnowledgeDocumentGuestSearchResult confidence# document>1ac
KnowledgeDocumentQueryResponse pageSize# pageNumber# total# pageCount# results*>19g
KnowledgeDocumentQueryResult id title visible? alternatives*>199 state=5o dateCreated dateModified dateImported lastPublishedVersionNumber# datePublished createdBy>29n modifiedBy>29n documentVersion>1k category>hg labels*>1b9 knowledgeBase>194 externalId externalUrl source>1k readonly? variations*>19h selfUri
KnowledgeDocumentQueryVariation id dateCreated dateModified documentVersion>1k contexts!*>tg document>19i priority# name body>t8
KnowledgeDocumentReference id! knowledgeBase!>194 selfUri
KnowledgeDocumentResponse id title visible? alternatives*>199 state=5o dateCreated dateModified dateImported lastPublishedVersionNumber# datePublished createdBy>29n modifiedBy>29n documentVersion>1k category>hg labels*>1b9 knowledgeBase>194 externalId externalUrl source>1k readonly? variations*>th selfUri
KnowledgeDocumentResponseListing entities*>19j nextUri selfUri previousUri
KnowledgeDocumentSearch query! pageSize# pageNumber# searchId total# pageCount# queryType=2g results*>19m application>1au conversationContext>198 confidenceThreshold# answerGeneration>190 preprocessQuery?
KnowledgeDocumentSearchResult confidence# document>1av
KnowledgeDocumentSuggestion query! pageSize# results*>19o
KnowledgeDocumentSuggestionResult matchedPhrase document>19p
KnowledgeDocumentSuggestionResultDocument id! knowledgeBase!>194 title! selfUri
KnowledgeDocumentVersion id datePublished document>19j restoreFromVersionId! versionNumber# dateExpires selfUri
KnowledgeDocumentVersionListing entities*>19q nextUri selfUri previousUri
KnowledgeDocumentVersionReference id knowledgeBase!>194 versionId! selfUri
KnowledgeDocumentVersionVariation id dateCreated dateModified contexts!*>tg priority# name body>t8 selfUri documentVersion>1k
KnowledgeDocumentVersionVariationListing entities*>19t nextUri selfUri previousUri
KnowledgeExportJobDocumentsFilter interval entities*>wc sourceId
KnowledgeExportJobFilter documentsFilter>19v versionFilter!=1o exclude*
KnowledgeExportJobResponse id downloadURL fileType!=94 jsonFileVersion# countDocumentProcessed# exportFilter>19w status=4m knowledgeBase>192 createdBy>29n dateCreated dateModified errorInformation>wg source>1ap selfUri
KnowledgeGenerationSetting answerGeneration!? generationLanguage=ie
KnowledgeGroupStatistics unlinkedPhraseCount# unlinkedPhraseHitCount# totalPhraseHitCount#
KnowledgeGuestAnswerDocumentResponse id title answer variation>1a8
KnowledgeGuestAnswerDocumentsResponse results*>1a0
KnowledgeGuestDocumentFeedback id documentVariation!>wf rating!=ab reason=5l comment search>wf sessionId dateCreated queryType=g4 surfacingMethod=g5 state=5m document!>1aa application>1ab
KnowledgeGuestDocumentResponse id title visible? alternatives*>199 state=5o dateCreated dateModified dateImported lastPublishedVersionNumber# datePublished createdBy>29n modifiedBy>29n documentVersion>1k sessionId category>13q variations*>1a7 selfUri
KnowledgeGuestDocumentResponseListing entities*>1a3 nextUri selfUri previousUri
KnowledgeGuestDocumentSuggestion query! pageSize# sessionId results*>1a6
KnowledgeGuestDocumentSuggestionResult matchedPhrase
KnowledgeGuestDocumentVariation id dateCreated dateModified documentVersion>1k contexts!*>1a9 document>1k body>t8 selfUri
KnowledgeGuestDocumentVariationAnswer id dateCreated dateModified documentVersion>1k contexts!*>1a9 document>1k body~ selfUri
KnowledgeGuestDocumentVariationContext context!>1k values!*>1k
KnowledgeGuestDocumentVersionReference id versionId!
KnowledgeGuestSearchClientApplication type!=28 deployment>wf botFlow>wf assistant>wf
KnowledgeGuestSearchDocumentResponse id title visible? alternatives*>199 state=5o dateCreated dateModified dateImported
KnowledgeGuestSession id app!>1ae customerId! pageUrl contexts*>1af journeySessionId
KnowledgeGuestSessionApp deploymentId! type!=9u
KnowledgeGuestSessionContext id! values!*>wc
KnowledgeImportJobError message code status# entityId entityName messageWithParams messageParams% contextId
KnowledgeImportJobReport errors*>1ag statistics>1ak
KnowledgeImportJobResponse id downloadURL failedEntitiesURL uploadKey! fileType!=94 settings>1aj status=4m report>1ah knowledgeBase>192 createdBy>29n dateCreated dateModified skipConfirmationStep? selfUri
KnowledgeImportJobSettings importAsNew? visible? categoryId labelIds*
KnowledgeImportJobStatistics countDocumentImportActivityCreate# countDocumentImportActivityUpdate# countDocumentStateDraft# countDocumentStatePublished# countDocumentValidationSuccess# countDocumentValidationFailure# countDocumentImportSuccess# countDocumentImportFailure#
KnowledgeIntegrationFilter name=im type=eh action=ak values*>1am
KnowledgeIntegrationFilterValue key value
KnowledgeIntegrationOptionsResponse filters*>1al
KnowledgeIntegrationReference id! selfUri
KnowledgeOperationSource id type=e4 selfUri
KnowledgeParseImportResult success!# failure!# errors*>wg
KnowledgeParseJobResponse id downloadURL hints* status=d5 parseResults*>1as importResult>1aq createdBy>29n dateCreated dateModified selfUri
KnowledgeParseRecord id title body>t8
KnowledgeRetrievedReference confidence# text fileName url usedForGeneration?
KnowledgeSearchClientApplication type!=28 deployment>1k botFlow>1k assistant>1k
KnowledgeSearchDocumentResponse id title visible? alternatives*>199 state=5o dateCreated dateModified dateImported
KnowledgeSearchPreviewResponse query searchId sessionId result>1ax application>2au conversationContext>1b6
KnowledgeSearchResult generatedAnswer retrievedReferences*>1at
KnowledgeSettingListing entities*>1az nextUri selfUri previousUri
KnowledgeSettingsResponse id name description sources*>2b3 generationSetting>19y stateful? filter>2b6 dateCreated dateModified modifiedBy>29n selfUri
KnowledgeSourcesSearchResponse query searchId sessionId result>1ax knowledgeSettingId conversationContext>1b5 application>2at queryType=2f generationLanguage=ie answerGeneration?
KnowledgeSuggestionConfig vendorName!=77 knowledgeBase>194 knowledgeBases*>195 receiveSegmentedArticles?
KnowledgeSyncJobReport errors*>wg statistics>1b4
KnowledgeSyncJobResponse id uploadKey status=4m report>1b2 knowledgeBase>194 dateCreated dateModified createdBy>29n downloadURL failedEntitiesURL source>1ap selfUri
KnowledgeSyncJobStatistics countDocumentImportActivityCreate# countDocumentImportActivityUpdate# countDocumentStateDraft# countDocumentStatePublished# countDocumentImportSuccess# countDocumentImportFailure# countCategoryImportSuccess# countCategoryImportFailure#
KnowledgeV3ConversationContextResponse conversation!>1k queue>1k externalContact>1k mediaType=3k
KnowledgeV3PreviewConversationContext mediaType!
KpiResult kpiTotalOn# kpiTotalOff# interactionCountOn# interactionCountOff# mediaType=ko percentageBenefit#
LabelListing entities*>1b9 nextUri selfUri previousUri
LabelResponse id name color dateCreated dateModified documentCount# externalId selfUri
LabelUtilizationResponse maximumCapacity# interruptingLabelIds* labelName
Language id name! dateModified state=i0 version selfUri
LanguageEntityListing entities*>1bb pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LanguageOverride language! engine! voice!
LanguageReference id selfUri
LanguageSupportInfoRecord language featureSupport*>zq
LanguageSupportResponse languages*>1bf
LauncherButtonSettings visibility=b3 displayType icon~
Leaderboard division>sv metric>1k dateStartWorkday dateEndWorkday leaders*>1bj userRank>1bj performanceProfile>1k
LeaderboardItem user>29n rank# points#
LearningAssessment assessmentId contextId assessmentFormId status=by answers>6h dateCreated dateModified dateSubmitted
LearningAssignment id assessment>1bk dateCompleted createdBy>29n dateCreated modifiedBy>29n dateModified isOverdue? percentageScore# assessmentPercentageScore# isRule? isManual? isPassed? isLatest? assessmentCompletionPercentage# completionPercentage# steps*>1bu nextStep>1bu selfUri state=27 dateRecommendedForCompletion version# module>1c1 user>29n assessmentForm>6b lengthInMinutes#
LearningAssignmentAggregateQueryResponseData interval metrics*~
LearningAssignmentAggregateQueryResponseGroupedData group% data*>1bm
LearningAssignmentAggregateResponse results*>1bn
LearningAssignmentBulkAddResponse entities*>1bl disallowedEntities*>ss
LearningAssignmentBulkRemoveResponse entities*>1br disallowedEntities*>st
LearningAssignmentEntity assignmentId
LearningAssignmentItem moduleId! userId!
LearningAssignmentReference id selfUri
LearningAssignmentStep id moduleStep>1c4 structure*>1bv successStatus=br completionStatus=3z completionPercentage# percentageScore# shareableContentObject>1cq signedCookie>1bw selfUri
LearningAssignmentStepScoStructure id name successStatus=br completionStatus=3z children*>1bv
LearningAssignmentStepSignedCookie url cookieValues%
LearningAssignmentUser id name selfUri
LearningAssignmentUserListing entities*>1bx pageSize# pageNumber# total# unfilteredTotal# lastUri firstUri selfUri nextUri previousUri pageCount#
LearningAssignmentsDomainEntity entities*>1bl pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LearningCoverArtThumbnail resolution url
LearningModule id name! excludedFromCatalog? createdBy>29n dateCreated modifiedBy>29n dateModified version# externalId source=h2 rule>1ch enforceContentOrder? reviewAssessmentResults>1t1 autoAssign>1c2 selfUri isArchived? isPublished? description completionTimeInDays!# type=8r informSteps*>1c4 assessmentForm>6b summaryData>1cj reassignSummaryData>1cg coverArt>1c3 lengthInMinutes# archivalMode=79
LearningModuleAutoAssignResponse rule!>2am enabled!?
LearningModuleCoverArtResponse id selfUri url thumbnails*>1c0
LearningModuleInformStep type!=h1 name value! sharingUri contentType order!# displayName description
LearningModuleJobResponse id status=m selfUri
LearningModuleList entities*>1c1 pageSize# pageNumber# total# totalLegacyRules# lastUri firstUri selfUri nextUri previousUri pageCount#
LearningModuleMigrateResponse autoAssign!>1c2
LearningModulePreviewGetResponse id name! description coverArt>1c3 enforceContentOrder? reviewAssessmentResults>1t1 assessmentForm>6b assignment>1c9 selfUri
LearningModulePreviewGetResponseAssignment state=27 percentageScore# assessmentPercentageScore# isPassed? assessmentCompletionPercentage# completionPercentage# steps*>1ca
LearningModulePreviewGetResponseStep id moduleStep>1c4 structure*~ successStatus=br completionStatus=3z completionPercentage# percentageScore# signedCookie>1bw
LearningModulePreviewUpdateResponse id assignment>1cc
LearningModulePreviewUpdateResponseAssignment state=27 percentageScore# completionPercentage# assessmentPercentageScore# assessmentCompletionPercentage# isPassed? currentStep>1cd steps*>1ce
LearningModulePreviewUpdateResponseCurrentStep shareableContentObject>1cq
LearningModulePreviewUpdateStep id successStatus=br completionStatus=3z completionPercentage# percentageScore# structure*~
LearningModulePublishResponse id version# selfUri
LearningModuleReassignSummary totalReassigned# completedCount# inProgressCount# assignedCount# notCompletedCount#
LearningModuleRule id isActive!? parts!*>1ci selfUri
LearningModuleRuleParts operation!=8m selector!=n value!* order!#
LearningModuleSummary assignedCount# completedCount# passedCount# completedSum#
LearningScheduleSlotsJobResponse id userIds* lengthInMinutes# businessUnitId activityCodeId slotsType=2x results*>1cl selfUri
LearningScheduleSlotsJobResult interval status=8d slot>1cm
LearningScheduleSlotsJobSlot dateStart schedule~
LearningScheduleSlotsQueryResponse suggestedSlots*>1cr wfmScheduleActivities*>1cu
LearningScormResponse id status=gy errorCode errorMessage percentageUnpacked# selfUri
LearningScormUploadResponse id status=gy uploadUrl headers% selfUri
LearningShareableContentObject id! lessonStatus=bq exit=fb location scoreRaw# scoreMax# scoreMin# suspendData credit=4p entry=j mode=34 totalTime sessionTime href parameters launchData
LearningSlot dateStart lengthInMinutes# staffingDifference# differenceRating=ca
LearningSlotFullDayTimeOffMarker businessUnitDate lengthMinutes# description activityCodeId paid? timeOffRequestId
LearningSlotScheduleActivity dateStart lengthMinutes# description activityCodeId paid? timeOffRequestId externalActivityId externalActivityType=15
LearningSlotWfmScheduleActivity user>29n activities*>1ct fullDayTimeOffMarkers*>1cs
LexBot id name description selfUri
LexBotAlias id name bot>1cv botVersion status!=2t failureReason language=ix intents*>1cz selfUri
LexBotAliasEntityListing entities*>1cw pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LexBotEntityListing entities*>1cv pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LexIntent name! description slots!%>1d0 version!
LexSlot name! description type! priority#
LexV2Bot id name botId! region! description selfUri
LexV2BotAlias id name region! aliasId! bot>1d1 botVersion status=4o language intents*>1d5 selfUri
LexV2BotAliasEntityListing entities*>1d2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LexV2BotEntityListing entities*>1d1 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LexV2Intent intentName! description slots!%>1d6 intentId!
LexV2Slot slotName! description slotId! type! slotTypeId!
Library id name! version# createdBy>289 dateCreated responseType=9s division>2h0 selfUri
LibraryDivisionView id name selfUri
LibraryDivisionViewEntityListing entities*>1d8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LibraryEntityListing entities*>1d7 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LicenseDefinition id description permissions>1n0 prerequisites*>1l comprises*>1db selfUri
LicenseOrgToggle featureName enabled?
LicenseUpdateStatus userId licenseId result
LicenseUser id licenses*>1db selfUri
Limit key namespace=kq value#
LimitChangeRequestDetails id key! namespace!=kq requestedValue!# description! supportCaseUrl! status=23 currentValue# dateCreated statusHistory*>20p dateCompleted rejectReason=1v approvalNamespaces*>63 selfUri
LimitChangeRequestsEntityListing entities*>1dg nextUri selfUri previousUri
LimitDocs key defaultValue# description resource configurable? trackable?
LimitDocumentation url namespaces*>1hw
LimitsEntityListing entities*>1df
Line id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp properties%~ edgeGroup>tw template>tw site>tw lineBaseSettings>tw primaryEdge>up secondaryEdge>up loggedInUser>tw defaultForUser>tw selfUri
LineBase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp lineMetaBase>tw properties%~ selfUri
LineBaseEntityListing entities*>1dm pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
LineEntityListing entities*>1dl pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
LineId ids!*>1dr displayName
LineStatus id reachable? addressOfRecord contactAddresses* reachableStateTime
LineUserId userId!
LinkConfiguration uriTemplate!
ListAlternativeShiftTradesResponse job>4s result>4x
ListPicker id title subtitle header sections!*~
ListWrapperShiftStartVariance values*>1xk
ListedDictionaryFeedback id term! dialect! boostValue# source=9l dateCreated createdBy>29n dateModified modifiedBy>29n transcriptionEngine=74 status=13 invalidReason displayAs selfUri
ListedProgram id name description published? topicsCount# tags* modifiedBy>1k dateModified selfUri
ListedTopic id name description published? strictness=1 matchingType=9c programsCount# tags* dialect participants=6j phrasesCount# modifiedBy>1k dateModified selfUri
Listing entities*>oo nextUri selfUri previousUri
Literal string integer# number# date datetime special=hr strings* boolean?
LocalEncryptionConfiguration id name url! apiId! apiKey! selfUri
LocaleFlowVersionInfo nluVersion>1k
LocaleHealth overallScore# issueCount# staticValidationResults*
LocaleInfo status=8b errorInfo>10i flowVersionInfo>1e2
LocalizedLabels key=9t value
Location id floorplanId coordinates%# notes locationDefinition>1e9
LocationAddress city country countryName state street1 street2 zipcode
LocationAddressVerificationDetails status=bz dateFinished dateStarted service
LocationDefinition id name contactUser>1k emergencyNumber>1ea address>1e7 state=hx notes version# path* profileImage*>1ec floorplanImage*>1ec addressVerificationDetails>1e8 addressVerified? addressStored? images selfUri
LocationEmergencyNumber e164 number type=iu
LocationEntityListing entities*>1e9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LocationImage resolution imageUri
LocationsSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>1e9
LockInfo lockedBy>tw dateCreated dateExpires action=fp
LogCaptureDownloadExecutionResponse id! user!>1k state!=do dateStart! fileUrl! selfUri
LogCaptureQueryResponse entities*>1ek nextUri selfUri
LogCaptureUserConfiguration id dateStarted dateExpired! captureMethod=b1 selfUri
LogCaptureUserConfigurationListing total# entities*>1eh selfUri
LogCaptureUserConfigurationResponse id dateStarted dateExpired! selfUri
LogEntry level message timestamp#
LogicalInterfaceEntityListing entities*>tx pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
LongTermForecastPlanningGroupData planningGroupId! offeredPerDay!*# averageHandleTimeSecondsPerDay!*#
LongTermForecastResult planningGroups*>1em referenceStartDate weekCount#
LongTermForecastResultResponse result>1en downloadUrl
LongTermRequirements forecastMetadata!>11e dateGenerationStarted! months* requirementResults!*>1nl
LongTermRequirementsResponse status!=ch errorCode=fa longTermRequirements>1ep downloadUrl
MailFromResult status=6l records*>1qn mailFromDomain!
ManageDeleteProtectionResult failedUpdates*>ze
ManagementUnit id name businessUnit>e3 startDayOfWeek=eu timeZone settings>1ex metadata>2dz division>sx version# modifiedBy>29n dateModified selfUri
ManagementUnitAvailabilitySettingsResponse enabled!?
ManagementUnitListing entities*>1et pageSize# pageNumber# total# lastUri firstUri pageCount# nextUri previousUri selfUri
ManagementUnitReference id selfUri
ManagementUnitSettingsResponse adherence>1u shortTermForecasting>1ya timeOff>24t scheduling>1us shiftTrading>1y4 metadata!>2dz
ManagementUnitUserListing managementUnit!>1ew users!*>29n
Manager value \$ref
ManualEscalationResponse socialMediaNormalizedMessageId conversationNormalizedMessageId escalationTarget>wk escalationStatus=gh
ManualSearchConfig articlesWithAnswerHighlights? answerGeneration?
MaskingRule id name! description substituteCharacter! definition! enabled!? type!=4t direction=jc integrations* dateCreated dateModified
MaskingRuleListing entities*>1f2
MaskingRuleValidateResponse valid? validationMessage maskedText
MatchCriteria jsonPath operator=7b value~ values*~
MatchCriteriaTestResult jsonPath operator=7b value~ values*~ generatedJsonPathCondition match? jsonPathExtraction*~
MatchShiftTradeResponse trade>1y1 violations*>1xt adminReviewViolations*>1xt unevaluatedRules*
MaxLength min!# max!#
MaxParticipants maxParticipants#
MediaEndpointStatistics trunk>1fk station>1hr user>1hr ice>1fb rtp>1ff reconnectAttempts# sourceType=3r clientInfo>1fi dateCreated dateProcessed
MediaIceStatistics selectedPairs*~
MediaPolicies callPolicy>em chatPolicy>hu emailPolicy>vm messagePolicy>1g7
MediaRegions awsHomeRegion awsCoreRegions* awsSatelliteRegions*
MediaResult mediaUri waveformData*#
MediaRtpStatistics packetsReceived# packetsSent# rtpEventsReceived# rtpEventsSent# estimatedAverageMos# averageJitter#
MediaSettings enableAutoAnswer? alertingTimeoutSeconds# serviceLevel>1x1 autoAnswerAlertToneSeconds# manualAnswerAlertToneSeconds#
MediaStatistics communicationId dateStart creationMilliseconds# preferredRegion effectiveRegion mediaStatistics*>1fa
MediaStatisticsClientInfo originAppName originAppId originAppVersion
MediaStatisticsListing entities*>1fh
MediaStatisticsTrunkInfo id name type=j7
MediaSummary contactCenter~ enterprise~
MediaTypeAccess inbound*~ outbound*~
MediaTypes allow>1fm
MediaUtilization maximumCapacity# interruptableMediaTypes* includeNonAcd?
MeetingIdRecord id ephemeral!? conferenceId dateExpired selfUri
Member id! selfUri
MemberGroup id name division>2h0 type=ex memberCount# selfUri
MemberListing entities*>1fq
MergeError message code
MergeInfo status error>1ft dateMerged
MergeOperation sourceContact>1k targetContact>1k resultingContact>1k
Message state=i6 initialState=i6 id held? segments*~ direction=jc recordingId errorInfo>wg
MessageConversation id name participants*>1g6 otherMediaUris* recentTransfers*>25m utilizationLabelId inactivityTimeout divisions*>mr selfUri
MessageConversationEntityListing entities*>1fx pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessageData id name providerMessageId timestamp! fromAddress toAddress direction=jc messengerType=ka status!=k5 normalizedMessage>n4 normalizedReceipts*>n4 createdBy>289 conversationId selfUri
MessageDetails messageId messageURI messageStatus=k5 messageSegmentCount# messageTime media*~ stickers*~ messageMetadata~
MessageEvaluation contactColumn contactAddress messageType=ei wrapupCodeId timestamp
MessageInfo localizableMessageCode message messageWithParams messageParams%
MessageMediaAttachment url mediaType=jb contentLength# name id
MessageMediaData id name url mediaType contentLengthBytes# uploadUrl status=kk conversationId communicationId selfUri
MessageMediaListing entities*>1g4 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessageMediaParticipant id name address startTime startAlertingTime connectedTime endTime startHoldTime purpose state=i7 direction=jc disconnectType=j4 held? wrapupRequired? wrapupPrompt mediaRoles* user>tw queue>tw team>tw attributes% errorInfo>wi script>tw wrapupTimeoutMs# wrapupSkipped? alertingTimeoutMs# provider externalContact>tw externalContactInitialDivisionId externalOrganization>tw wrapup>2gv peer flaggedReason=j8 journeyContext>17o conversationRoutingData>n9 startAcwTime endAcwTime parkTime resumeTime toAddress>1j fromAddress>1j messages*>1g0 type=id recipientCountry recipientType authenticated? monitoredParticipantId monitoredParticipant>1k
MessageMediaPolicy actions>1nq conditions~
MessageMediaSettings enableAutoAnswer? alertingTimeoutSeconds# serviceLevel>1x1 autoAnswerAlertToneSeconds# manualAnswerAlertToneSeconds# subTypeSettings%~ enableInactivityTimeout? inactivityTimeoutSettings~
MessageMediaUploadData id name uploadUrl uploadHeaders% selfUri
MessageStickerAttachment url id
MessagingCampaign id name dateCreated dateModified version# division>tw campaignStatus=jz callableTimeSet>tw contactList!>tw dncLists*>tw alwaysRunning? contactSorts*>l8 messagesPerMinute!# ruleSets*>tw contactListFilters*>tw errors*>1sx dynamicContactQueueingSettings>uj emailConfig>vh smsConfig>1z6 whatsAppConfig>2e5 selfUri
MessagingCampaignDiagnostics timeZoneRescheduledContactsCount# filteredOutContactsCount#
MessagingCampaignDivisionView id name division>sv selfUri
MessagingCampaignDivisionViewEntityListing entities*>1gd pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessagingCampaignEntityListing entities*>1gb pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessagingCampaignSchedule id name dateCreated dateModified version# intervals!*>1ug recurrences*>1rp timeZone messagingCampaign!>sy selfUri
MessagingCampaignScheduleEntityListing entities*>1gg pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessagingConferResponse conversation!>1k communicationId! peerCommunicationId! commandId!
MessagingConfigListing entities*>1gm pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessagingIntegration id! name! supportedContent>21y messagingSetting>1gn status=10 messengerType!=ka openExtensionType=am recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw version!# selfUri
MessagingIntegrationEntityListing entities*>1gk pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
MessagingSetting id! name dateCreated dateModified version createdBy>tw updatedBy>tw content>lj event>xx selfUri
MessagingSettingReference id! name selfUri dateCreated dateModified version createdBy>tw updatedBy>tw content>lj event>xx
MessagingTemplate whatsApp>2e6
MessengerApps conversations~ knowledge~
MessengerHomeScreen enabled? logoUrl
MessengerSettings enabled? styles>1gs launcherButton>1bh fileUpload>zw apps>1gp homeScreen>1gq sessionPersistenceType=q
MessengerStyles primaryColor
MetaData pairing-token pairing-trust* pairing-url
Metabase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp type=60 selfUri
MetadataAttribute value
MetadataDocumentation description location
MetadataPresentation title schema>1h0
MetadataResultEntity type description visibility=he
MetadataResults entities*>1gy
MetadataSchema title description type properties*%~ required*
MeteredAssignmentByAgent evaluationContextId evaluators*>289 maxNumberEvaluations# evaluationForm>wy timeInterval~ timeZone
MeteredEvaluationAssignment evaluationContextId evaluators*>289 maxNumberEvaluations# evaluationForm>wy assignToActiveUser? timeInterval~
Metric id name! metricDefinitionId externalMetricDefinitionId objective>1jd performanceProfileId linkedMetric>1k dateCreated dateUnlinked precision# timeDisplayUnit=ap sourcePerformanceProfile>1mx selfUri
MetricDefinition id name unitType=an shortName dividendMetrics* divisorMetrics* defaultObjective>r9 lockTemplateId mediaTypeFilteringAllowed? initialDirectionFilteringAllowed? queueFilteringAllowed? selfUri
MetricValueTrendAverage dateStartWorkday dateEndWorkday dateReferenceWorkday division>sv user>29n timezone result>2fa performanceProfile>1k metric>1k
Metrics id name order# metricDefinitionName metricDefinitionId externalMetricDefinitionId unitType=an enabled? templateName maxPoints# performanceProfileId linkedMetric>1k dateCreated dateUnlinked sourcePerformanceProfile>1mx unitDefinition precision# timeDisplayUnit=ap selfUri
MinLength min!# max!#
MinedIntentsListing entities*>1hb nextUri selfUri previousUri
Miner id name! language=j0 minerType=8z seeding? dateCreated status=at conversationsDateRangeStart conversationsDateRangeEnd dateCompleted message errorInfo>1ha warningInfo>1ha conversationDataUploaded? mediaType=3n participantType=4s queueIds* dateTriggered dateModified latestDraftVersion>ud conversationsFetchedCount# conversationsValidCount# getminedItemCount# selfUri
MinerErrorInfo message code messageWithParams messageParams%~
MinerIntent id name miner>1h9 utterances*>2as analyticVolumePercent# selfUri
MinerListing entities*>1h9 nextUri selfUri previousUri
MinerTopic id name miner>1h9 conversationCount# conversationPercent# utteranceCount# phraseCount# phrases*>253 selfUri
MinerTopicPhrase id name topic>1hd utterances*>2as utteranceCount# selfUri
MinerTopicsListing entities*>1hd nextUri selfUri previousUri
MinimumStaffingResponse enabled!? minimumValue!# planningGroupOverrides!*>1ni applicableIntervals!=1k metadata!>2dz
MobileNotificationSettings when!=1w
MobileSettings notifications!>1hh
ModelConfig useLatestModel!?
MoveAgentResponse user>29n result=1u
MoveAgentsResponse requestingUser>29n destinationManagementUnit>1ew results*>1hk
MoveManagementUnitResponse businessUnit>e3 status=ch
MuAgentQueueTimeRequest managementUnitId! agentOnQueueTimes!*~
MuAgentsWorkPlansResult entities*>3u referenceStartWeekDate! workPlanLookup!%>2es
MuRescheduleResultWrapper agentSchedules*~
NTPSettings servers*
NamedEntity id name
NamedEntityDefinition name! type!
NamedEntityTypeBinding entityType! entityName!
NamedEntityTypeDefinition name! description mechanism!>1hv
NamedEntityTypeMechanism items!*~ restricted? type!=8 subType=1t maxLength# minLength# allowSpecialChars? examples*~
NamespaceDocs name friendlyName limits*>1di
NetworkConnectivity carrier bluetoothEnabled!? cellularEnabled!? wifiEnabled!?
NextOccurrenceDetails startOccurrenceDetails~ endOccurrenceDetails~
NluConfig domain!>ns intentConfidenceThreshold!#
NluConfusionMatrixColumn name! value!#
NluConfusionMatrixRow name! columns!*>1i0
NluDetectionInput text! language
NluDetectionOutput intents*>rq dialogActs*>rp
NluDetectionResponse version>1i7 input>1i2 output>1i3
NluDomain id name! language draftVersion>1ia lastPublishedVersion>1ia dateCreated dateModified engineVersion selfUri
NluDomainListing entities*>1i5 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
NluDomainVersion id domain>1i5 description language! published? dateCreated dateModified dateTrained datePublished trainingStatus=gv evaluationStatus=g0 intents*>16x entityTypes*>1hu entities*>1hs languageVersions% selfUri
NluDomainVersionListing entities*>1i7 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
NluDomainVersionQualityReport version!>1i7 confusionMatrix!*>1i1 summary!>1ig
NluDomainVersionReference id domain>1i5 intents*>16z selfUri
NluDomainVersionTrainingResponse message version>1i7
NluFeedbackListing entities*>1id pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
NluFeedbackResponse id text intents*>16y version>1i7 dateCreated language selfUri
NluInfo domain>1k version>1i7 intents*>16w engineVersion nluData>1i7
NluOrganization limits%# supportedLanguagesInfo*>223
NluQualityReportSummary metrics!*>1ih
NluQualityReportSummaryMetric name! value!#
NluUtterance id source=71 segments!*~
Note id division>2h1 entityId entityType=ip noteText modifyDate createDate createdBy!>289 externalDataSources*>yf selfUri
NoteListing entities*>1ij pageSize# pageNumber# total# partialResults? lastUri firstUri selfUri nextUri previousUri pageCount#
NotesExport id divisionIds* createdBy>tw dateCreated dateCompletion status downloadUrl resultRowCount# queryConditions>1io selfUri
NotesExportFilter eq~ in~ lte~ gte~ and*>1im or*>1im not>1im
NotesExportListing entities*>1il nextUri selfUri previousUri
NotesExportQueryConditions filters>1im limit#
NotificationsResponse entities*>2dy
NuanceApplication id! tag! name!
NuanceBot id! name! integrationId! nuanceOrganization!>1iz application!>1iq nuanceEnvironment!>1ix geography!>1iy credentials*>1is variables*>1iv transferNodes*>1iu locales* channels*>1iw selfUri
NuanceBotCredentials appId! clientId! clientSecret clientSecretProvided?
NuanceBotEntityListing entities*>1ir pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
NuanceBotTransferNode id! name! type!=67 description requestVariables*>1iv
NuanceBotVariable id! name! description reserved? simpleVariableInfo complexGenericVariableInfo>jr
NuanceChannel id! name! modes* color
NuanceEnvironment id! name! environmentDesignation! executionHost
NuanceGeography id! name!
NuanceOrganization id! name!
Number start end
NumberPlan id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp match normalizedFormat priority# numbers*>1j0 digitLength>sj classification matchType selfUri
NumberRoutingListing entities*>1j0 nextUri selfUri previousUri
NumericRange gt# gte# lt# lte#
OAuthAppleAuthorizationResponse redirectUrl! error>1j5
OAuthAppleAuthorizationResponseError code! message! details~
OAuthAuthorization client>1j8 scope* roles* resourceOwner>tw dateCreated dateModified createdBy>tw modifiedBy>tw pending? state=fz selfUri
OAuthAuthorizationListing total# entities*>1j6 selfUri
OAuthClient id name! accessTokenValiditySeconds# description registeredRedirectUri* secret roleIds* dateCreated dateModified createdBy>tw modifiedBy>tw authorizedGrantType!=3f scope* roleDivisions*>1t5 state=hy dateToDelete selfUri
OAuthClientEntityListing entities*>1j8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OAuthLastTokenIssued dateIssued
OAuthScope id description selfUri
OAuthScopeListing total# entities*>1jb selfUri
Objective id templateId zones*>1jf enabled? mediaTypes* queues*>1k topics*>1k topicIdsFilterType=ib evaluationFormContextIds* initialDirection=jc dateStart
ObjectiveTemplate id name zones*>1jf selfUri
ObjectiveZone label! directionType!=gz zoneType!=76 upperLimitPoints!# lowerLimitPoints!# upperLimitValue# lowerLimitValue#
ObservationMetricData metric qualifier stats~ truncated? observations*~
Okta id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
OnDemandSummaryAcceptedResponse id status! selfUri
OnDemandSummaryConfig enabled!?
OneLogin id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
OneOnOne pinnedMessages*>1k
OpenActionFields openAction!>tw configurationFields%~
OpenActionProperties openActionName configurationFields%~
OpenDataIngestionRuleResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 externalSource>tw selfUri
OpenDataIngestionRuleVersionResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 externalSource>tw selfUri
OpenDataIngestionRuleVersionResponseEntityListing entities*>1jp pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OpenEventNormalizedMessage id channel!>1jy type!=6f events*>1jw
OpenInboundStructuredResponseNormalizedMessageContent contentType!=38 buttonResponse>lg
OpenIntegration id! name! supportedContent>21y messagingSetting>1gn outboundNotificationWebhookUrl! outboundNotificationWebhookSignatureSecretToken! webhookHeaders% status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw createStatus=8u createError>wg selfUri
OpenIntegrationEntityListing entities*>1jt pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OpenMessageContent contentType!=29 attachment>mo
OpenMessageEvent eventType!=fl typing>mx
OpenMessageNormalizedMessage id channel!>1jy type!=f3 text content*>1jv metadata% conversationId
OpenMessagingChannel id platform=b4 type=cf messageId to!>1k1 from!>1jz time! metadata>mm
OpenMessagingFromRecipient nickname id! idType!=65 firstName lastName image email
OpenMessagingIdentityResolutionConfig division>2h1 resolveIdentities!? externalSource>155 selfUri
OpenMessagingToRecipient nickname id! idType=65 firstName lastName image email
OpenNormalizedMessage id channel!>1jy type!=f6 text content*>1jv status=eb reasons*>n7 isFinalReceipt? direction=8k metadata%
OpenReceiptNormalizedMessage id! channel!>1jy type!=d8 status!=ea reasons*>n7 isFinalReceipt? direction!=8k
OpenSocialMediaChannel id platform=b4 type=cm messageId! to~ from!~ time! metadata>mm publicMetadata!~
OpenSocialMediaMessageContent contentType!=2b attachment>mo text~ reaction~
OpenSocialMediaNormalizedMessage id channel!>1k4 text type=f3 content*>1k5 metadata% selfUri
OpenSocialMediaReactionsChannel id platform=b4 type=cm messageId! to~ time!
OpenSocialMediaReactionsEvent reactions!*~
OpenSocialMediaReactionsNormalizedEvent id channel!>1k7 events!*>1k8 selfUri
OpenSocialNormalizedMessageEntityListing entities*>1k6 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OpenSocialReactionsNormalizedEventEntityListing entities*>1k9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OpenStructuredResponseNormalizedMessage id channel!>1jy type!=ep direction=8j content*>1js metadata%
Operand type!=f2 occurrence# inverted? term>23d topicId voiceSecondsPosition>1ke digitalWordsPosition>1ke infixOperator>15u operands*>1kd
OperandPosition startingPositionValue# startingPositionDirection=6w endingPositionValue# endingPositionDirection=6w
Operation id complete? user>289 client>tw errorMessage errorCode errorDetails*>ro errorMessageParams% actionName=3g actionStatus=98
OperationCreatorUserResponse id type=ha selfUri
OperationListing entities*>1ki nextUri selfUri previousUri
OperationResponse id status type=86 createdBy>29n dateCreated dateModified source>1ap selfUri
OperationalEvent eventDefinition>1k entityId entityToken entityName previousValue currentValue errorCode parentEntityId conversation>1k dateCreated dateModified entityModifiedBy entityVersion phoneNumber externalContactId
OpportunitiesResultWithPagination nextStartDate opportunities!*>1ko
OpportunityEnrollment id
OpportunityEnrollmentCounts pending!# approved!# denied!# withdrawn!#
OpportunityReference id! selfUri
OpportunityResult id! startDate! endDate! status! openDate deadlineDate! name! description activityCodeId! approvalType! agentCount!# capacity!# enrollmentProcessingCount!# enrollmentCounts!>1km publishedDate closedDate systemMessageCode metadata!>2dz selfUri
OpportunityResultWithAgentIds id! startDate! endDate! status! openDate deadlineDate! name! description activityCodeId! approvalType! agentCount!# capacity!# enrollmentProcessingCount!# enrollmentCounts!>1km publishedDate closedDate systemMessageCode metadata!>2dz agentIds* selfUri
OptInSettings keyword!* response!~
OrgAuthSettings multifactorAuthenticationRequired? domainAllowlistEnabled? domainAllowlist* ipAddressAllowlist* passwordRequirements>1mm inactivityTimeoutExclusions* universalLogout? tokenStorageLocation
OrgOAuthClient id name! dateCreated dateModified createdBy>tw modifiedBy>tw authorizedGrantType!=3f scope* roleDivisions*>1t5 state=hy dateToDelete organization>1hr
OrgUser id name division>sv chat>hq department email primaryContactInfo*>kf addresses*>kf state=i0 title username manager>289 images*>15e version!# certifications* biography>99 employerInfo>w7 preferredName routingStatus>1tm presence>29e integrationPresence>29e conversationSummary>28u outOfOffice>1lg geolocation>12h station>2a7 authorization>28q profileSkills* locations*>1e6 groups*>13i team>231 workPlanBidRanks>2el skills*>29r languages*>29q acdAutoAnswer? languagePreference lastTokenIssued>1ja dateLastLogin dateWelcomeSent organization>1kv
OrgWhitelistSettings enableWhitelist? domainWhitelist*
Organization id name defaultLanguage defaultCountryCode thirdPartyOrgName thirdPartyURI domain features%? version!# state=i0 defaultSiteId supportURI voicemailEnabled? productPlatform=73 selfUri
OrganizationCallMetrics usage!# autoScalingTriggerPercentage!# cpuIntensity!=9g memoryIntensity!=9g concurrentCallCount!# concurrentCallSessionCount!# maxCallCapacity!# maxCallSessionCapacity!# autoScaleInProgress!=h0
OrganizationFeatures realtimeCIC? purecloud? hipaa? ucEnabled? pci? purecloudVoice? xmppFederation? chat? informalPhotos? directory? contactCenter? unifiedCommunications? custserv?
OrganizationLink sourceOrganizationId! targetOrganizationId! sourceRegion! targetRegion! status
OrganizationLinkResponse sourceOrganizationId targetOrganizationId sourceRegion targetRegion targetName status
OrganizationPresence id name languageLabels!% systemPresence deactivated? primary? createdBy>289 createdDate modifiedBy>289 modifiedDate selfUri
OrganizationPresenceDefinition id name type=ew languageLabels!% systemPresence=2l divisionId deactivated? selfUri
OrganizationPresenceDefinitionEntityListing total# entities*>1l1 selfUri
OrganizationPresenceEntityListing entities*>1l0 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OrganizationProductEntityListing entities*>u2 pageSize# pageNumber# total# pageCount#
OrganizationPublicApiUsage date platform httpMethod=6z templateUri requestCount# status200# status300# status400# status429# status500# oauthClient>tw user>29n
OrganizationPublicApiUsageResultsResponse name queryStatus!=cw errorBody>wg nextUri entities*>1l5 selfUri
OrganizationRoleEntityListing entities*>u3 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OrganizationUsageQueryResponse id! name resultsUri selfUri
OrganizationsExport id divisionIds* createdBy>tw dateCreated dateCompletion status downloadUrl resultRowCount# queryConditions>1lc selfUri
OrganizationsExportFilter eq~ in~ lte~ gte~ and*>1la or*>1la not>1la
OrganizationsExportListing entities*>1l9 nextUri selfUri previousUri
OrganizationsExportQueryConditions filters>1la limit#
OrphanRecording id name createdTime recoveredTime providerType=5t mediaSizeBytes# mediaType=3c mediaSubtype=fj mediaSubject fileState=e providerEndpoint>wa recording>1qp orphanStatus=a7 sourceOrphaningId region=i2 selfUri
OrphanRecordingListing entities*>1ld pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OtherProfileAssignment id currentProfile>tw selfUri
OutOfOffice id name user>289 startDate endDate active? indefinite? selfUri
OutboundDomain id! name cnameVerificationResult>2bs dkimVerificationResult>2bs senderType=ga emailSetting>vt dmarcVerificationResult>t0 selfUri
OutboundDomainEntityListing entities*>1lh pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OutboundFaxStatus id initiatingUser>1k dateCreated auditTransactionId expirationTime# statusCode result selfUri
OutboundQueueIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
OutboundRoute id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp classificationTypes!* enabled? distribution=ds externalTrunkBases*>tw site>1yi managed? selfUri
OutboundRouteBase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp classificationTypes!* enabled? distribution=ds externalTrunkBases*>tw selfUri
OutboundRouteBaseEntityListing entities*>1lm pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
OutboundRouteEntityListing entities*>1ll pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
OutboundSettings id name dateCreated dateModified version# maxCallsPerAgent# maxCallsPerAgentDecimal# maxConfigurableCallsPerAgent# maxLineUtilization# abandonSeconds# complianceAbandonRateDenominator=a automaticTimeZoneMapping>87 rescheduleTimeZoneSkippedContacts? contactListDefaultRetentionType contactListDefaultRetentionDays# timeZone selfUri
Outcome id! isActive!? displayName! version!# description isPositive!? context!>m3 journey!>17h associatedValueField>6y selfUri createdDate! modifiedDate!
OutcomeAchievedEvent outcome!~ userAgentString browser>9w device>rx geolocation>17u ipAddress ipOrganization mktCampaign>17m visitReferrer>1rc
OutcomeAchievement outcome!>4 achievedDate!
OutcomeAttributionAsyncResponse id percentFailedThreshold# selfUri
OutcomeAttributionJobStateResponse id state=dl resultsUri percentFailedThreshold# selfUri createdDate
OutcomeAttributionResponseListing entities*>1lw
OutcomeAttributionResultsResponse outcomeId index# externalContactId associatedValue# state!=40 message! touchpoints*>257 createdDate
OutcomeConfig values*
OutcomeListing entities*>1lq pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
OutcomePercentileCondition outcomeId! maximumPercentile!# fallbackPercentile#
OutcomePredictor id outcome>1m4 selfUri
OutcomePredictorListing entities*>1m0
OutcomeProbabilityCondition outcomeId! maximumProbability!# probability#
OutcomeQuantileCondition outcomeId! maxQuantileThreshold!# fallbackQuantileThreshold#
OutcomeRef id selfUri
OutcomeScore outcome>1k sessionMaxProbability# probability# percentile# sessionMaxPercentile# quantile# sessionMaxQuantile#
OutcomeScoresResult outcomeScores*>1m5 modifiedDate
OutgoingMessageResponse messageId
OutlierInfo outlier? score#
OverallBestPoints division>sv bestPoints*>1ma performanceProfile>1k
OverallBestPointsItem granularityType=55 users*>29n count# points# dateStartWorkday dateEndWorkday
OverrideDate date! type!=31
OverrideEscalationTarget integrationId!
PINConfiguration minimumLength# maximumLength#
Page id name versionId createdDate modifiedDate rootContainer%~ properties%~ selfUri
PagedSkillCombinationListing entities*>1yn pageSize# pageNumber# total# pageCount#
PagelessDomainEntityListingEvaluationVersion total# entities*>xi selfUri
ParsedCertificate certificateDetails*>hk
Participant id startTime endTime connectedTime name userUri userId externalContactId externalContactInitialDivisionId externalOrganizationId queueId groupId teamId queueName purpose participantType consultParticipantId address ani aniName dnis locale wrapupRequired? wrapupPrompt=jh wrapupTimeoutMs# wrapupSkipped? wrapup>2gv mediaRoles* conversationRoutingData>n9 alertingTimeoutMs# monitoredParticipantId coachedParticipantId attributes% calls*>ee callbacks*>ex chats*>mn cobrowsesessions*>j6 emails*>vb messages*>1fw internalMessages*>173 screenMonitorings*>1vp screenshares*>1vw socialExpressions*>1zg videos*>2bv evaluations*>ws screenRecordingState=k8 flaggedReason=j8 startAcwTime endAcwTime bargedParticipantId
ParticipantAttributes attributes%
ParticipantInfo activeParticipantCount# version#
ParticipantMetrics agentDurationPercentage# customerDurationPercentage# silenceDurationPercentage# ivrDurationPercentage# acdDurationPercentage# overtalkDurationPercentage# otherDurationPercentage# overtalkCount#
PasswordRequirements minimumLength# minimumDigits# minimumLetters# minimumUpper# minimumLower# minimumSpecials# minimumAgeSeconds# expirationDays#
PatchCallbackResponse conversation!>tw callbackIdentifiers!*>f0
Pattern type!=54 interval!# daysOfWeek*
PauseCriteria urlFragment condition=8l
PaymentRequest paymentPlatform=22 countryCode currencyCode orderTotal!# lineItems*~ shippingOptions*~
PaymentResponse originatingMessageId paymentStatus=3y failureReason
PerformancePredictionOutputs calculationStartDate! calculationIntervalLengthMinutes!# planningGroupResults!*>1nj
PerformancePredictionRecalculationResponse operationId! downloadUrl downloadResult>1ms state!=ci
PerformancePredictionRecalculationUploadResponse uploadKey url headers% uploadBodySchema>1mw
PerformancePredictionResponse id! weekDate! scheduleId! downloadUrl downloadResult>1ms state!=ci selfUri
PerformancePredictionUploadSchema calculationStartDate! onQueueTimes!*>1hn
PerformanceProfile id name! division>sv description! metricOrders!* dateCreated reportingIntervals*>1rx active? memberCount# maxLeaderboardRankSize# selfUri
PermissionCollectionEntityListing entities*>u5 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
PermissionDetails type=k9 permissions* allowsCurrentUser? enforced?
Permissions ids!*
Phone id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp site!>tw phoneBaseSettings!>1n4 lineBaseSettings>tw phoneMetaBase>tw lines!*>1dl status>1nb secondaryStatus>1nb userAgentInfo>28j properties%~ capabilities>1n5 webRtcUser>tw standAlone? primaryEdge>up secondaryEdge>up selfUri
PhoneBase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp phoneMetaBase!>tw lines!*>1dm properties%~ capabilities>1n5 selfUri
PhoneBaseEntityListing entities*>1n2 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
PhoneBaseSettings id! name selfUri
PhoneCapabilities provisions? registers? dualRegisters? hardwareIdType allowReboot? noRebalance? noCloudProvisioning? mediaCodecs* cdm?
PhoneColumn columnName! type!
PhoneEntityListing entities*>1n1 pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
PhoneMetaBaseEntityListing entities*>1gu pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
PhoneNumber display extension# acceptsSMS? normalizationCountryCode userInput e164 countryCode
PhoneNumberStatus callable?
PhoneStatus id operationalStatus=ax edgesStatus=82 eventCreationTime provision>1p2 lineStatuses*>1dq phoneAssignmentToEdgeType=bj edge>tw selfUri
Phrase text! strictness=1 sentiment=gu isAIGenerated?
PhraseAssociations phraseId! documentId!
PhysicalInterfaceEntityListing entities*>u8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
PingIdentity id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
PlanningGroup id! name serviceGoalTemplate>1x0 routePaths*>1tc metadata>2dz selfUri
PlanningGroupList entities*>1ng metadata>2dz
PlanningGroupMinimumsResponse planningGroup!>1nk dayOfWeekMinimums!*>qa
PlanningGroupOutputs planningGroupId! serviceLevelPerInterval!*# occupancyPerInterval!*# averageSpeedOfAnswerSecondsPerInterval!*# abandonRatePerInterval!*#
PlanningGroupReference id! selfUri
PlanningGroupRequirementOutput id! intervals*# errorDetails*~ serviceGoalDetails~
PlanningGroupToStaffingGroupsListing entities*>1nn
PlanningGroupToStaffingGroupsResponse planningGroup!>1nk staffingGroups*>20a
PlanningPeriodShiftConstraints enabled? minimumCount# maximumCount#
Policy id name modifiedDate createdDate order# description enabled? mediaPolicies>1fc conditions>1nu actions>1nq policyErrors>1nx selfUri
PolicyActions retainRecording? deleteRecording? alwaysDelete? assignEvaluations*>wv assignMeteredEvaluations*>1h2 assignMeteredAssignmentByAgent*>1h1 assignCalibrations*>ec assignSurveys*>227 retentionDuration>1sz initiateScreenRecording>15w integrationExport>16s
PolicyAttribute name type=2q description featureToggle
PolicyAttributeSet id name policyAttributes*>1nr presetAttributes%>277 selfUri
PolicyConditionResult name result?
PolicyConditions forUsers*>1nz directions* dateRanges* mediaTypes* forQueues*>1py duration>ui wrapupCodes*>2gw timeAllowed>247 teams*>231 customerParticipation=hu
PolicyEntityListing entities*>1np pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
PolicyErrorMessage statusCode# userMessage~ userParamsMessage errorCode correlationId userParams*>29d insertDate
PolicyErrors policyErrorMessages*>1nw
PolicyTestResult id name result policyConditionResults*>1nt
PolicyUser id name division>sv chat>hq department email primaryContactInfo*>kf addresses*>kf version!#
PositionSettings alignment=2j sideSpace# bottomSpace#
PossibleWorkShiftsForWeek id# dailyPossibleShifts*>pm
PostTextMessage type!=f7 text content*>n0
PostTextResponse botState!=41 replyMessages*>1o2 intentName slots% botCorrelationId amazonLex%~ googleDialogFlow%~ genesysDialogEngine%~ genesysBotConnector%~ nuanceMixDlg%~
PredictionResults intent=b formula!=2o estimatedWaitTimeSeconds!# label>1k
Predictor id queues!*>1k kpi! routingTimeoutSeconds# schedule>1od state=4f dateCreated dateModified workloadBalancingConfig>1oe errorCode models*>1o8 selfUri
PredictorListing entities*>1o5 nextUri selfUri previousUri
PredictorModel id kpi queues*>1k dateCreated dateTrained mediaType=ko features*>1o9
PredictorModelBrief mediaType=ko dateModified retrainingErrors*>1ob state=ff
PredictorModelFeature id type=h6 percentageImportance#
PredictorModelFeatureListing entities*>1o9
PredictorModelRetrainingError id errorCode!=ar dateOfFirstOccurrence!
PredictorModels entities*>1o7 predictorModels*>1o7
PredictorSchedule scheduleType!=7r dateStarted
PredictorWorkloadBalancing enabled!? minimumOccupancy# maximumOccupancy#
Prefix countryCode! number type action
PrefixListing entities*>1oh nextUri selfUri previousUri
PrefixListingItem countryCode number type
PreprocessingRule find replaceWith global? ignoreCase?
PresenceDefinition id systemPresence selfUri
PresenceSettings id name restorePresenceSettings>1sy requestingOffQueueEnabled? defaultPrimaryPresenceRegisteredSourceId selfUri
PrizeImages imageUrl
ProfileWithDateRange id name division>sv dateStartWorkday dateEndWorkday selfUri
Program id name description published? topics*>8i tags* modifiedBy>1k dateModified publishedBy>1k datePublished topicLinksJob>1k selfUri
ProgramInsightsSettings program>8h enabled?
ProgramInsightsSettingsEntityListing entities*>1oo pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ProgramJob id state=dm programs*>8h createdBy>1k dateCreated dateModified selfUri
ProgramTopicLinksJob id state=dm programId createdBy>1k dateCreated dateModified selfUri
ProgramTranscriptionEngine engine=75 dialects* engineIntegration>wb
ProgramTranscriptionEngines id program>8h transcriptionEngines*>1os modifiedBy>1k dateModified selfUri
ProgramsEntityListing entities*>1dx pageSize# total# selfUri nextUri pageCount#
Prompt id name! division>2h1 description resources*>1ow currentOperation>1kf selfUri
PromptAsset id name promptId language mediaUri audioFormat>7d ttsString text uploadStatus=is uploadUri languageDefault? tags%* durationSeconds# selfUri
PromptAssetEntityListing entities*>1ow pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
PromptAssetUpload url headers%
PromptEntityListing entities*>1ov pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
PropertyChange property oldValues* newValues*
PropertyIndexRequest sessionId! targetDate! properties!*>5d
ProvisionInfo time source errorInfo
PublicKeyCredentialCreationOptions challenge! rp!>1ro user!>28y pubKeyCredParams!*>oa timeout# excludeCredentials*>o6 authenticatorSelection>7q hints* attestation attestationFormats* extensions%~
PunctualityEvent dateScheduleStart dateStart lengthMinutes# description activityCodeId activityCode activityName activityColor
PureCloud id name disabled? selfUri
PureEngage id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? autoProvisionUsers? selfUri
PushIntegration id provider=d
QualityAuditLogMessage id userHomeOrgId userTrusteeOrgId user>tw client>1k remoteIps* serviceName=da level=hb status=es eventDate messageInfo>1g2 action=d6 entity>tw entityType=db propertyChanges*>1p0 context%
QualityAuditQueryExecutionResultsResponse id pageSize# cursor entities*>1p8
QualityAuditQueryExecutionStatusResponse id state=cw dateStart interval filters*>1pb sort*>7l
QualityAuditQueryFilter property!=h4 value!
QualityEvaluationScoreItem evaluationId conversationId conversationDate conversationEndDate formName points# evaluationScore# maxPoints#
QueryAdherenceExplanationsResponse job>1o result>1p downloadUrl
QueryAgentScheduleUnavailableTimesResponse consideredInScheduleGeneration!? scheduleGenerationUnavailableTimes!*>38
QueryAgentUnavailableTimesValidationJobResponse id agent!>29n status!=ch result>27l error>wg selfUri
QueryAvailabilityManagementUnitsSettingsResponse managementUnits!*>27k
QueryCriteria criteriaKey=6v criteriaGroups* description operators* dataType=ke categoryInfo>od
QueryEnrollmentOpportunityResult id name! activityCodeId! startDate! endDate! deadlineDate! status! capacity!# enrollmentCounts!~
QueryExternalActivityOpportunitiesResponse externalActivities!*>1pk
QueryExternalActivityOpportunityResult id opportunityName
QueryFacetInfo attributes*>zd facets*>zc
QueryOpportunitiesResponse result>1kk downloadUrl
QueryOpportunityEnrollmentResult id opportunityId! agent!>29n status! schedule>bf systemMessageCode reviewNote denialCode metadata!~
QueryOpportunityEnrollmentsResponse result>1pp downloadUrl
QueryOpportunityEnrollmentsResult nextStartDate enrollments!*>1pn opportunities*>1pi
QueryResponseData interval metrics*~
QueryResponseGroupedData group% data*>1pq
QueryResult id name body>tq selfUri
QueryResults results>tt facetInfo>1pl
QueryTimeOffLimitValuesResponse values*>24h
QueryWeekSummaryListJobResponseItem weeks!*>1y8
QuestionGroupSettings questionGroupContextId questionSettings*>1px
QuestionSettings questionContextId settings~
Queue id name division>sv description dateCreated dateModified modifiedBy createdBy memberCount# userMemberCount# joinedMemberCount# mediaSettings>1q1 routingRules*>1ti conditionalGroupRouting>jx conditionalGroupActivation>ju bullseye>dv scoringMethod=fd lastAgentRoutingMode=5i acwSettings>1g skillEvaluationMethod=a3 memberGroups*>1fr queueFlow>tw emailInQueueFlow>tw messageInQueueFlow>tw whisperPrompt>tw onHoldPrompt>tw defaultMediaLanguage autoAnswerOnly? cannedResponseLibraries>gb enableTranscription? enableAudioMonitoring? enableManualAssignment? agentOwnedRouting>2y directRouting>sp callingPartyName callingPartyNumber defaultScripts%>1vx outboundMessagingAddresses>1q5 outboundEmailAddress>1pz peerId suppressInQueueCallRecording? selfUri
QueueEmailAddress domain>tw route>15r
QueueEntityListing entities*>1py pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
QueueMediaSettings call>1fg callback>f2 chat>1fg email>vn message>1g8
QueueMember id name user>289 ringNumber# joined? memberBy routingStatus>1tm selfUri
QueueMemberEntityListing entities*>1q2 pageNumber# pageSize# firstUri selfUri nextUri previousUri
QueueMemberEntityListingV1 entities*>1q2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
QueueMessagingAddresses smsAddress>tw openMessagingRecipient>tw whatsAppRecipient>tw
QueueObservationDataContainer group% data*>1jg
QueueObservationQueryResponse systemToOrganizationMappings%* results*>1q6
QueueReference id selfUri
QueueUtilizationDiagnostic queue>tw usersInQueue# activeUsersInQueue# usersOnQueue# usersNotUtilized# usersOnQueueWithStation# usersOnACampaignCall# usersOnDifferentEdgeGroup# usersOnANonCampaignCall#
QuickReply text payload url action=9p isSelected?
Range type!=ah end numberOfOccurrences#
RateLimitAggregateDataContainer group% data*>20o
RateLimitAggregateQueryResponse results*>1qc
Reaction data name reactionType!=j9
RealTimeAdherenceExplanation id startDate lengthMinutes# status=bw selfUri
Reason code=9q message!
RecallEntry nbrAttempts# minutesBetweenAttempts#
Recipient id name flow>zz dateCreated dateModified createdBy>289 modifiedBy>289 messengerType=ka selfUri
RecipientListing entities*>1qi pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Recognition id recipient>29n createdBy>29n dateCreated type=f8 title note contextType=90 contextId dateDisplayed dateAcknowledged selfUri
RecognitionBase id recipient>29n createdBy>29n dateCreated type=f8 title note contextType=90 contextId selfUri
Recognitions entities*>1qk pageSize# pageNumber# total# pageCount#
Record name! type! value!
RecordersState adhocState=7 customerExperienceState=7 agentExperienceState=7 snippetState=7
Recording id name conversationId path startTime endTime media mediaSubtype=fj mediaSubject annotations*>5n transcript*>hv emailTranscript*>1qr messagingTranscript*>1r0 fileState=e restoreExpirationTime mediaUris%>1fe estimatedTranscodeTimeMs# actualTranscodeTimeMs# archiveDate archiveMedium=3e deleteDate exportDate exportedDate outputDurationMs# outputSizeInBytes# maxAllowedRestorationsForOrg# remainingRestorationsAllowedForOrg# sessionId users*>289 recordingFileRole=3i recordingErrorStatus=5v originalRecordingStartTime creationTime associatedConversationIds* selfUri
RecordingContentStory type=9o url replyToId
RecordingEmailMessage htmlBody textBody id to*>vc cc*>vc bcc*>vc from>vc replyTo>vc subject attachments*>vd time
RecordingEncryptionConfiguration id url! apiId apiKey keyConfigurationType!=96 lastError>wg selfUri
RecordingEncryptionConfigurationListing total# entities*>1qs selfUri
RecordingForm introduction~ formPages*~ receivedMessage~ replyMessage~ response*~ originatingMessageId cannedResponseId
RecordingJob id user>1k state!=6n recordingJobsQuery>1qy dateCreated totalConversations# totalRecordings# totalSkippedRecordings# totalFailedRecordings# totalProcessedRecordings# percentProgress# errorMessage failedRecordings selfUri
RecordingJobEntityListing entities*>1qv pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
RecordingJobFailedRecording conversation>1k recording>1k
RecordingJobsQuery action!=f actionDate actionAge# screenRecordingActionDate screenRecordingActionAge# integrationId includeRecordingsWithSensitiveData? includeScreenRecordings? includePolicyBasedRecordings? includeSnippetRecordings? clearExport? conversationQuery>6z agedConversationInterval
RecordingMessageReceipt id receiptTime status=eb reasons*~
RecordingMessagingMessage from fromUser>289 fromExternalContact>yc to timestamp id status purpose participantId queue>1k workflow>1k messageText messageMediaAttachments*>1g3 messageStickerAttachments*>1ga quickReplies*>1qa buttonResponse>e7 buttonResponses*>e7 story>1qq cards*>gq notificationTemplate>1r3 datePicker>q8 listPicker>1du contentType=cy socialVisibility=co events*>n1 interactiveApplication>172 paymentRequest>1mq paymentResponse>1mr form>1qu roadsideAssistance>1r6 richLink>1t2 messageReceipts*>1qz notificationResponse>1r2
RecordingMetadata id name conversationId path startTime endTime media mediaSubtype=fj mediaSubject annotations*>5n fileState=e restoreExpirationTime archiveDate archiveMedium=3e deleteDate exportDate exportedDate maxAllowedRestorationsForOrg# remainingRestorationsAllowedForOrg# sessionId region=i2 selfUri
RecordingNotificationResponse originatingMessageId referenceId notificationStatus notificationText
RecordingNotificationTemplate id language header~ body~ buttons*~ carousel~ footer~
RecordingRetention conversationId recordingId archiveDate archiveMedium=3e deleteDate exportDate exportedDate creationTime
RecordingRetentionCursorEntityListing entities*>1r4 nextUri selfUri previousUri
RecordingRoadsideAssistance text phoneNumber isDevicePhoneNumber? location~ messageNumber#
RecordingSettings maxSimultaneousStreams# maxConfigurableScreenRecordingStreams# regionalRecordingStorageEnabled? recordingPlaybackUrlTtl# recordingBatchDownloadUrlTtl# stopRecordingWhenOnlyExternalParticipants?
RecordingUploadReport id name state=8c signedUrl selfUri
RecurrenceEndSettings lastDate noEndDate?
RecurrencePeriod magnitude!# granularity!=57
RecurrenceSettings endAfter!>1r9 recurrencePeriod!>1ra minimumTimeBetweenOccurrences!>1ra
Referrer url! domain! hostname! keywords pathname! queryString fragment name medium!=je
RegionResponse regionName
RegionTimeZone id name offset# canonicalId selfUri
RegisterArchitectExportJobResponse id status=de totalFlows# selfUri
RegisterArchitectJobResponse id presignedUrl headers% selfUri
RegisterArchitectValidateJobResponse id status totalFlows# selfUri
Relationship id division>2h1 user!>289 externalOrganization!>yt relationship! externalDataSources*>yf selfUri
RelationshipListing entities*>1ri pageSize# pageNumber# total# partialResults? lastUri firstUri selfUri nextUri previousUri pageCount#
RelationshipsExport id divisionIds* createdBy>tw dateCreated dateCompletion status downloadUrl resultRowCount# queryConditions>1rn selfUri
RelationshipsExportFilter eq~ in~ lte~ gte~ and*>1rl or*>1rl not>1rl
RelationshipsExportListing entities*>1rk nextUri selfUri previousUri
RelationshipsExportQueryConditions filters>1rl limit#
RelyingPartyEntity id! name!
Reoccurrence id start! end! timeZone pattern!>1mo range!>1qb alterations*>4m nextOccurrenceDetails>1hy
ReplaceResponse id name changeNumber# uploadStatus>tw uploadDestinationUri uploadMethod=du
ReplacementTerm type=a0 existingValue updatedValue
ReplyToEmailAddress domain!>tw route!>tw
ReportingExportJobListing entities*>1ru pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ReportingExportJobResponse id name runId! status!=dz timeZone! exportFormat!=3h interval! downloadUrl viewType!=ct exportErrorMessagesType=6k period! filter!>2by read!? createdDateTime! modifiedDateTime! locale! percentageComplete!# hasFormatDurations? hasSplitFilters? excludeEmptyRows? hasSplitByMedia? hasSummaryRow? csvDelimiter=dr selectedColumns*>1wm hasCustomParticipantAttributes? recipientEmails* emailStatuses% emailErrorDescription includeDurationFormatInHeader? durationFormat=e8 exportAllowedToRerun? chartColumns*>hp enabled? selfUri
ReportingExportMetadataJobListing entities*>1rw pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ReportingExportMetadataJobResponse id name viewType=ct dateLimitations requiredFilters* supportedFilters* requiredColumnIds* dependentColumnIds%* availableColumnIds* selfUri
ReportingInterval intervalType!=58 intervalValue!#
ReportingTurn userInput botPrompts* sessionId conversation>1k askAction>1rz intent>1s0 knowledge>1s1 knowledgeBaseEvents>1s2 dateCreated dateCompleted askActionResult=eq sessionEndDetails>1x5
ReportingTurnAction actionId actionName actionNumber# actionType=26
ReportingTurnIntent name id confidence# slots*~
ReportingTurnKnowledge knowledgeBaseId feedback~ search~
ReportingTurnKnowledgeEvents search*~ feedback*~
ReportingTurnsResponse entities*>1ry nextUri selfUri previousUri
ReprocessInteractionsByJobIdResponse url
ReprocessJobEntityListingResponse entities*>1s6 pageSize# pageNumber# total# queueTotal!# lastUri firstUri selfUri nextUri previousUri pageCount#
ReprocessJobResponse id name description dateStart! dateEnd! mediaTypes!* programs!* dialects* createdBy!>1k dateCreated! jobStatus!=cv queueOrder# processedInteractionsCount!# failedInteractionsCount!# totalInteractionsCount# selfUri
RequestConfig requestUrlTemplate requestTemplate requestTemplateUri requestType headers%
RequiredDateRange startDate! endDate!
RequiredLocalDateRange startDate! endDate!
ReschedulingManagementUnitResponse managementUnit>1ew applied?
ReschedulingOptionsRunResponse existingSchedule>bf startDate endDate managementUnits*>1sa agentCount# activityCodeIds* doNotChangeWeeklyPaidTime? doNotChangeDailyPaidTime? doNotChangeShiftStartTimes? doNotChangeManuallyEditedShifts?
ResolutionAggregateDataContainer group% data*>20o
ResolutionAggregateQueryResponse results*>1sc
ResolutionAsyncAggregateQueryResponse results*>1sc cursor
ResourceConditionNode variableName conjunction=c operator=5z operands*~ terms*>1sf
ResourcePermissionPolicy id domain entityName policyName policyDescription actionSetKey allowConditions? resourceConditionNode>1sf namedResources* resourceCondition actionSet*
Response id name version# libraries!*>tw texts*>1sw createdBy>289 dateCreated interactionType=in substitutions*>1sv substitutionsSchema>18o responseType=9s messagingTemplate>1go assets*>1t4 footer>11c appleInvitation>60 selfUri
ResponseAsset id name division>sv contentLength# contentLocation contentType dateCreated createdBy>tw dateModified modifiedBy>tw responses*>tw selfUri
ResponseAssetEntityListing entities*>1si notFound*
ResponseAssetSearchResults total# pageCount# pageSize# pageNumber# results*>1si
ResponseAssetStatus id status=8h errorCode errorMessage
ResponseConfig translationMap% translationMapDefaults% successTemplate successTemplateUri
ResponseDivisionView id name responseType libraries*>1d8 substitutions*>1sv substitutionsSchema>18o messagingTemplate>1go form>11k selfUri
ResponseDivisionViewQueryResults results!>tu
ResponseEntityList entities*>1sh pageSize# pageNumber# total# pageCount# lastUri firstUri selfUri nextUri previousUri
ResponseEntityListing entities*>1sh pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ResponsePage url! title! domain! fragment hostname! keywords lang pathname! queryString
ResponseQueryResults results!>1sp
ResponseSet id name! dateCreated dateModified version# responses!%>1qe beepDetectionEnabled? amdSpeechDistinguishEnabled? liveSpeakerDetectionMode=5h selfUri
ResponseSetEntityListing entities*>1st pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
ResponseSubstitution id! description defaultValue
ResponseText content! contentType=kh type=ih
RestErrorDetail error! details userParams*>29d
RestorePresenceSettings enabled!? restoreTimeMilliseconds!# restoreOnQueueEnabled!?
RetentionDuration archiveRetention~ deleteRetention~
ReverseWhitepagesLookupResult contacts*>yc
ReviewAssessmentResults byAssignees? byViewers?
RichLink id header~ footer text url urlLabel
Ring expansionCriteria*~ actions~ memberGroups*>1fr
RmsAssetAddressableRef id selfUri assetUsage=6r contentLocation
RoleDivision roleId! divisionId!
RoleSettings id backfillEnabled? authorizationGrantDivisionAware? selfUri
Room id name dateCreated roomType=i1 description subject participantLimit# owners*>29n pinnedMessages*>1k jid selfUri
RoomParticipant participantJid!
RoomParticipantResponse jid user>1k
RoomParticipantsResponse participants*>1t9
RouteIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
RoutePathResponse queue>1q8 mediaType=hf language>1be skills*>1tl
RoutingActivityData group% data*>1tf truncated? entities*>1te
RoutingActivityEntityData activityDate! organizationPresenceId presenceDate queueId queueMembershipStatus routingStatus routingStatusDate systemPresence teamId
RoutingActivityMetricValue metric=jq qualifier secondaryQualifier entityIds* count#
RoutingActivityResponse results*>1td entityIdDimension=k0
RoutingConversationAttributesResponse priority# skills*>1tk language>1bb label>2ap scoredAgents*>1vn skillExpression skillExpressionId
RoutingRule operator=9j threshold# waitSeconds#
RoutingSettings resetAgentScoreOnPresenceChange?
RoutingSkill id name! division>sv dateModified state=i0 version selfUri
RoutingSkillReference id selfUri
RoutingStatus userId status=av startTime
RuleConfig id enabled!? rule!~
RuleEngineConfig rules!*>1tn fallback>zi
RuleSet id name! dateCreated dateModified version# contactList>tw queue>tw rules!*>s4 selfUri
RuleSetDiagnostic ruleSet>tw warnings*
RuleSetEntityListing entities*>1tp pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SAMLProvider id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
SMSAvailablePhoneNumberEntityListing entities*>1z5
Salesforce id name disabled? issuerURI ssoTargetURI sloURI sloBinding relyingPartyIdentifier certificate certificates* logoImageData nameIdentifierFormat=kl ssoBinding=km signAuthnRequests? providerName displayOnLogin? metadataURL forceAuthn? selfUri
SalesforceSettings channel=24 language categories* baseUrl
SalesforceSourceResponse id name dateCreated dateModified type=e4 integration>1ao schedulePeriod# lastSync>1zz settings>1tv selfUri
Schedule id name! division>2h0 description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp start! end! rrule selfUri
ScheduleActivity dateStart lengthMinutes# description activityCodeId paid? timeOffRequestId externalActivityId externalActivityType=15
ScheduleBid id! name! bidWindowStartDate! bidWindowEndDate! effectiveDate! status! bidType! forecast>bq weeksToSchedule!# endOverridesAndRotations!? agentRankingType! rankingTiebreakerType! publishedDate endDate metadata!>2ek selfUri
ScheduleBidGroup name! managementUnit!>1ew agents!*>29n workPlans*>2es workPlanRotations*>8s planningGroups!*>1nk downloadUrl downloadTemplate>8q
ScheduleBidGroupReference id! selfUri
ScheduleBidGroupResponse id! scheduleBidGroup!>1u0 metadata!>2ek selfUri
ScheduleBidGroupSummary id! name! managementUnit!>1ew agentCount!# workPlanCount!# workPlanRotationCount!# planningGroupCount!# scheduleSetError>1uh selfUri
ScheduleBidGroupSummaryList scheduleBidGroupSummaries!*>1u3
ScheduleBidListResponse entities*>1tz
ScheduleBidReference id! name selfUri
ScheduleDivisionViewEntityListing entities*>1uo pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ScheduleEntityListing entities*>1tx pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ScheduleGenerationMessage type=1h arguments*>1ul
ScheduleGenerationResult failed? runId messageCount# messages*>1u9 messageSeverities*>1un
ScheduleGenerationResultSummary failed? runId messageCount# messageSeverityCounts*>1um
ScheduleGroup id name! division>2h0 description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp timeZone openSchedules*>tw closedSchedules*>tw holidaySchedules*>tw selfUri
ScheduleGroupDivisionView id name! division>2h0 selfUri
ScheduleGroupDivisionViewEntityListing entities*>1ud pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ScheduleGroupEntityListing entities*>1uc pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
ScheduleInterval start! end!
ScheduleSetError errorCode! workPlans*>2es workPlanRotations*>2ev
ScheduleUploadProcessingResponse status=ch operationId result>be
ScheduledTrigger id name target>25u version# enabled? schedule>25t description selfUri
ScheduledTriggerEntityListing entities*>1uj nextUri selfUri previousUri
SchedulerMessageArgument type=1g value
SchedulerMessageSeverityCount severity=84 count#
SchedulerMessageTypeSeverity type=1h severity=84
SchedulesDivisionView id name! division>2h0 selfUri
SchedulingPeriod latestEndDate! earliestStartDate!
SchedulingPeriodBase latestEndDate!
SchedulingProcessingError internalErrorCode=2u description
SchedulingSettingsResponse maxOccupancyPercentForDeferredWork# defaultShrinkagePercent# shrinkageOverrides~ planningPeriod~ monthlyPlanningPeriod~ startDayOfWeekend=eu scheduleVisibility~
SchedulingStatusResponse id status=c2 errorDetails*>1ur schedulingResultUri percentComplete#
Schema title description type* items>17g pattern
SchemaQuantityLimits id name minFieldNameCharacters# maxFieldNameCharacters# minFieldTitleCharacters# maxFieldTitleCharacters# minFieldDescriptionCharacters# maxFieldDescriptionCharacters# minSchemaNameCharacters# maxSchemaNameCharacters# minSchemaDescriptionCharacters# maxSchemaDescriptionCharacters# maxNumberOfSchemasPerOrg# maxNumberOfFieldsPerSchema# maxNumberOfFieldsPerOrg# selfUri
ScimConfigResourceType id schemas* name description schema schemaExtensions*>1ux endpoint meta>1v2
ScimConfigResourceTypeSchemaExtension schema required?
ScimConfigResourceTypesListResponse schemas* totalResults# startIndex# itemsPerPage# Resources*>1uw
ScimEmail value type=kr primary?
ScimGenesysUserExternalId authority! value!
ScimGroupListResponse schemas* totalResults# startIndex# itemsPerPage# Resources*>1vf
ScimMetadata resourceType=h9 lastModified location version
ScimPhoneNumber value type=ks primary?
ScimServiceProviderConfig schemas* documentationUri patch>1v8 filter>1v7 etag>1v8 sort>1v8 bulk>1v6 changePassword>1v8 authenticationSchemes*>1v5 meta>1v2
ScimServiceProviderConfigAuthenticationScheme name! description! specUri documentationUri type!=jv primary?
ScimServiceProviderConfigBulkFeature supported? maxOperations# maxPayloadSize#
ScimServiceProviderConfigFilterFeature supported? maxResults#
ScimServiceProviderConfigSimpleFeature supported?
ScimUserExtensions routingSkills*>1vd routingLanguages*>1vc externalIds*>1v0
ScimUserListResponse schemas* totalResults# startIndex# itemsPerPage# Resources*>1vl
ScimUserRole value
ScimUserRoutingLanguage name! proficiency#
ScimUserRoutingSkill name! proficiency#
ScimV2EnterpriseUser division department manager>1ez employeeNumber dateHire
ScimV2Group id schemas* displayName! externalId members*>1vh meta>1v2
ScimV2GroupReference type=h9 value \$ref
ScimV2MemberReference type=h9 value \$ref
ScimV2SchemaAttribute name type=kd subAttributes*>1vi multiValued? description required? canonicalValues* caseExact? mutability=k7 returned=i9 uniqueness=jn referenceTypes*
ScimV2SchemaDefinition id name description attributes*>1vi meta>1v2
ScimV2SchemaListResponse schemas* totalResults# startIndex# itemsPerPage# Resources*>1vj
ScimV2User id schemas* active? userName displayName password title phoneNumbers*>1v3 emails*>1uz externalId groups*>1vg roles*>1vb urn:ietf:params:scim:schemas:extension:enterprise:2.0:User>1ve urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User>1v9 meta>1v2
ScorableSurvey id name surveyForm>22a status=c1 answers>22i selfUri
ScoredAgent agent>tw score#
ScreenMonitorSettings enableAgentNotifications? maxSimultaneousScreenMonitoringSessions#
ScreenMonitoring id initialState=jm state=jm segments*~ disconnectType=kf provider targetUser>1k screenMonitoring>1k
ScreenMonitoringDetails count!#
ScreenMonitoringSession sourceUser!>1k targetUser>1k conversation>1k participantId monitoringType! dateCreated! selfUri screenMonitoringId!
ScreenMonitoringSessionEntityListing entities*>1vr
ScreenMonitoringUserDetails count# targetUser!>1k
ScreenMonitoringUserDetailsEntityListing entities*>1vt
ScreenRecordingActiveSessions count#
Screenshare state=i7 initialState=i7 id context sharing? peerCount# disconnectType=j2 startAlertingTime
Script id name division>sv versionId createdDate modifiedDate publishedDate versionDate startPageId startPageName features~ variables~ customActions~ pages*>1me selfUri
ScriptEntityListing entities*>1vx pageSize# pageNumber# total# truncatedDivisions? lastUri firstUri selfUri nextUri previousUri pageCount#
ScrollPercentageEventTrigger percentage!# eventName!
SdkLibrary name! version!
SearchShiftTradeResponse trade>1y1 matchingReceivingShiftIds* preview>1xw
SearchShiftTradesResponse trades*>1w1 downloadUrl
SearchUnmatchedShiftTradeListJobResponseItem trades!*>1w4
SearchUnmatchedShiftTradeResponseItem trade!>1y2 receivingShiftMatches!*~
SecondaryPresence id! selfUri
SecondaryPresenceLookupItem lookupId secondaryPresence>1w5
Section fieldList*>zt instructionText key state
SecureSession id flow!>tw userData state!=be sourceParticipantId disconnect? selfUri
SecureSessionEntityListing entities*>1w8
SecurityProfile id name permissions* selfUri
SecurityProfileEntityListing entities*>1wa pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SegmentAssignment dateAssigned! dateForUnassignment! segment!>1wf externalContact!>1k session>1wg
SegmentAssignmentEvent segment!>1k
SegmentAssignmentListing entities*>1wc
SegmentAssignmentSegment id! selfUri
SegmentAssignmentSession id! type! selfUri
SegmentAssignments segments!*~
SegmentEstimateCount segmentId count#
SegmentListing entities*>17y pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SegmentUnassignments segments!*~
SegmentUrl recording>1k url
SelectedColumns columnOrder# columnName
SelectorEventTrigger selector! eventName!
SelfAgentGreeting id inboundPrompt>1ov outboundPrompt>1ov inboundPromptDefaultLanguage outboundPromptDefaultLanguage selfUri
SendAgentlessOutboundMessageResponse id conversationId fromAddress toAddress messengerType=kb useExistingActiveConversation? message>1fz timestamp user>1k selfUri
SentimentData insights>1wu
SentimentFeedback id phrase! dialect! feedbackValue!=ac dateCreated createdBy>1k
SentimentFeedbackEntityListing entities*>1wr
SentimentInsightEntry title! description!
SentimentInsights positiveSentimentReasons*>1wt negativeSentimentReasons*>1wt
SequenceSchedule id name dateCreated dateModified version# intervals!*>1ug recurrences*>1rp timeZone sequence!>tw selfUri
ServerDate currentDate
ServiceGoalTemplate id! name serviceLevel>bl averageSpeedOfAnswer>ah abandonRate>9x metadata>2dz impactOverride>1wy selfUri
ServiceGoalTemplateImpactOverride enabled!? impact!>2dv
ServiceGoalTemplateList entities*>1wx metadata>2dz
ServiceGoalTemplateReference id! selfUri
ServiceLevel percentage# durationMs#
ServiceNowSettings knowledgeBaseIds* language categories* baseUrl
ServiceNowSourceResponse id name dateCreated dateModified type=e4 integration>1ao schedulePeriod# lastSync>1zz settings>1x2 selfUri
Session id! externalContact>1k customerId customerIdType type! externalId externalUrl shortId outcomeAchievements*>1ls segmentAssignments*>1xb attributes%>p3 attributeLists%>p4 browser>9w device>rx geolocation>17u ipAddress ipOrganization lastPage>17w mktCampaign>17m referrer>1rc app>17k sdkLibrary>1w0 networkConnectivity>1hx searchTerms* userAgentString durationInSeconds# eventCount!# pageviewCount# screenviewCount# lastEvent!>1x7 conversation>1k lastConnectedQueue>k4 lastConnectedUser>k5 lastUserDisposition>nk conversationChannels*>ml originatingDirection=gg conversationSubject lastUserDisconnectType=gb lastAcdOutcome=g1 authenticated!? divisionIds* lastScreen caseAssociations*>17n caseEntity>1k caseReference caseStatus=gl selfUri createdDate! endedDate awayDate idleDate
SessionEndDetails type=5j reason
SessionFiles metaData>1x9 offered>1xa averageHandleTime>1xa
SessionLastEvent id! eventName! createdDate!
SessionListing entities*>1x4 nextUri selfUri previousUri
SessionMetaData downloadUrl downloadResult~
SessionMetricData model~ computed~ historical~ modelMetaData~ outliers~
SessionSegmentAssignment segment!>6k assignedDate!
SessionsResponse entities*>9m nextUri selfUri previousUri
SetWrapperDayOfWeek values*
Settings communicationBasedACW? includeNonAgentConversationSummary? allowCallbackQueueSelection? callbacksInheritRoutingFromInboundCall? completeAcwWhenAgentTransitionsOffline? totalActiveCallback?
Share id name sharedEntityType=4y sharedEntity>tw memberType=fu member>tw sharedBy>tw workspace>tw user>289 group>13i selfUri
ShareEntityListing entities*>1xf pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SharedResponse id downloadUri viewUri document>t6 share>1xf
SharepointAuthenticationProperties authenticationUrl tenantId clientId redirectUrl
ShiftSet id! name! effectiveWorkPlan!~ shifts!*~ suggestedAgentCount!# overrideAgentCount#
ShiftStartVariance applicableDays!* maxShiftStartVarianceMinutes!#
ShiftTradeAddTradeJobResponse id! status!=ch type!=18 downloadUrl error>wg addTradeResult>1y2 selfUri
ShiftTradeBulkUpdateTradeStateBuJobResponse id! status!=ch type!=18 downloadUrl error>wg bulkUpdateTradeStatesResult>dt selfUri
ShiftTradeEvaluateTradesBuJobResponse id! status!=ch type!=18 downloadUrl error>wg evaluateTradesResult>wq selfUri
ShiftTradeInitiatingSideResponseItem user!>29n managementUnit!>1ew schedule!~ shift!~
ShiftTradeListJobResponse entities*>1y2
ShiftTradeListResponse entities*>1y1
ShiftTradeMatchReviewResponse initiatingUser~ receivingUser~ violations*>1xt adminReviewViolations*>1xt unevaluatedRules*
ShiftTradeMatchTradeJobResponse id! status!=ch type!=18 downloadUrl error>wg matchTradeResult>wr selfUri
ShiftTradeMatchViolation type=1e params%
ShiftTradeMatchesSummaryResponse entities*>2d8
ShiftTradeNotification weekDate tradeId oneSided? newState=gs initiatingUser>29n initiatingShiftDate receivingUser>29n receivingShiftDate
ShiftTradePreviewResponse activities*~
ShiftTradeQueryAgentTradesJobResponse id! status!=ch type!=18 downloadUrl error>wg queryAgentTradesResult>1xp selfUri
ShiftTradeQueryTradesBuJobResponse id! status!=ch type!=18 downloadUrl error>wg queryTradesResult>1xp selfUri
ShiftTradeQueryWeekSummariesBuJobResponse id! status!=ch type!=18 downloadUrl error>wg queryWeekSummariesResult>1pv selfUri
ShiftTradeReceivingSideResponseItem user!>29n shift~
ShiftTradeResponse id weekDate schedule>bg state=gs initiatingUser>29n initiatingShiftId initiatingShiftStart initiatingShiftEnd receivingWeekDate receivingUser>29n receivingShiftId receivingShiftStart receivingShiftEnd expiration oneSided? acceptableIntervals* reviewedBy>29n reviewedDate metadata>2dz
ShiftTradeResponseItem id! state!=gs expirationDate initiating!>1xo receiving>1y0 acceptableIntervals!*>1s8 oneSided!? target>1y5 reviewedBy>29n reviewedDate metadata!>2dz
ShiftTradeSearchUnmatchedTradesBuJobResponse id! status!=ch type!=18 downloadUrl error>wg searchUnmatchedTradesResult>1w3 selfUri
ShiftTradeSettings enabled? autoReview? allowDirectTrades? minHoursInFuture# unequalPaid=1l oneSided=1l weeklyMinPaidViolations=1l weeklyMaxPaidViolations=1l
ShiftTradeTargetResponseItem user>29n
ShiftTradeUpdateTradeJobResponse id! status!=ch type!=18 downloadUrl error>wg updateTradeResult>1y2 selfUri
ShiftTradeUpdateTradeStateJobResponse id! status!=ch type!=18 downloadUrl error>wg updateTradeStateResult>du selfUri
ShiftTradeWeekSummaryResponseItem weekDate! initiatingMatchedCount!# crossWeekReceivingMatchedCount!#
ShortTermForecastReference id! selfUri weekDate! description
ShortTermForecastingSettings defaultHistoryWeeks#
Signature enabled? cannedResponseId alwaysIncluded? inclusionType=5q
SignedData jwt
SignedUrlResponse id name url selfUri
SingleWorkdayAveragePoints dateWorkday division>sv averagePoints# performanceProfile>1k
SingleWorkdayAverageValues dateWorkday division>sv user>29n timezone results*>2fa performanceProfile>1k
SipDownloadResponse downloadId documentId
SipSearchResult id status# sid auth message data*>14q count# selfUri
Site id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp primarySites*>tw secondarySites*>tw primaryEdges*>up secondaryEdges*>up addresses*>kf edges*>up edgeAutoUpdateConfig>uq mediaRegionsUseLatencyBased? location!>1e9 managed? ntpSettings>1hq mediaModel=cd coreSite? siteConnections*>1yj mediaRegions* callerId callerName cloudProxyForceTurn? selfUri
SiteConnection id name selfUri managed? type=5f enabled? mediaModel=cd edgeList*>k3 coreSite? primaryCoreSites*>tw secondaryCoreSites*>tw
SiteConnections id name siteConnections*>1yj selfUri
SiteEntityListing entities*>1yi pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
SitesSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>1yi
SkillCombinationInfo skillCombination* totalCount# remainingCount#
SkillEntityListing entities*>1tk pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SkillExpression id name expression queueId selfUri
SkillExpressionEntityListing entities*>1yp pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SkillExpressionValidationError code message position#
SkillExpressionValidationResult valid? expression skills*>1z2 errors*>1yr hint
SkillGroup id name! division>2h0 description memberCount# dateModified dateCreated status=89 skillConditions!*>1yu selfUri
SkillGroupCondition routingSkillConditions!*>1z0 languageSkillConditions!*>1yx operation!=1z
SkillGroupDefinition id name! division>2h0 description memberCount# dateModified dateCreated selfUri
SkillGroupEntityListing entities*>1yv nextUri selfUri previousUri
SkillGroupLanguageCondition languageSkill! comparator!=69 proficiency!# childConditions*>1yu
SkillGroupMemberDivisionList entities*>sv
SkillGroupMemberEntityListing entities*>29p nextUri selfUri previousUri
SkillGroupRoutingCondition routingSkill! comparator!=69 proficiency!# childConditions*>1yu
SkillGroupWithMemberDivisions id name! division>2h0 description memberCount# dateModified dateCreated status=89 skillConditions!*>1yu memberDivisions* selfUri
SkillReference id name isLanguageSkill?
SmsAddress id name street city region postalCode countryCode validated? selfUri
SmsAddressEntityListing entities*>1z3 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SmsAvailablePhoneNumber id name phoneNumber countryCode region city capabilities* phoneNumberType=jg addressRequirement=jl selfUri
SmsConfig messageColumn! phoneColumn! senderSmsPhoneNumber!>1za contentTemplate>tw
SmsIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
SmsPhoneNumber id name phoneNumber! phoneNumberType=jg provisionedThroughPureCloud? phoneNumberStatus=7z capabilities* countryCode dateCreated dateModified createdBy>289 modifiedBy>289 version!# purchaseDate cancellationDate renewalDate autoRenewable=cu addressId>1z3 shortCodeBillingType=2w provisioningStatus>1zb country supportsSms? supportsMms? supportsVoice? integration>tw compliance>js supportedContent>21y selfUri
SmsPhoneNumberEntityListing entities*>1z8 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SmsPhoneNumberRef phoneNumber! selfUri
SmsProvisioningStatus action=g8 state=dm error>wg version#
SnapshotFiles metaData>1zd offered>1ze averageHandleTime>1ze
SnapshotMetaData downloadUrl downloadResult~
SnapshotMetricData weekly~ quarterHour~
SocialEscalationResponseEntityListing entities*>wj pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SocialExpression state=i7 id socialMediaId socialMediaHub socialUserName previewText recordingId segments*~
SocialHandle type=f0 value
SocialKeyword includes* excludes*
SocialMediaAggregateDataContainer group% data*>1zp
SocialMediaAsyncAggregateQueryResponse results*>1zj cursor
SocialMediaAsyncDetailQueryResponse results*>1zm cursor
SocialMediaDetailDataContainer interval messages*>1zn
SocialMediaDetailMessageContainer id normalizedMessage>n4 escalationInfo~ contentModeration~
SocialMediaMessageData id name providerMessageId timestamp! fromAddress toAddress direction=jc messengerType=ka status!=k5 normalizedMessage>n4 normalizedReceipts*>n4 createdBy>289 conversationId selfUri
SocialMediaStatisticalResponse interval metrics*~
SocialNumericRange eq# gt# gte# lt# lte#
SocialTopicResponse id name description dateCreated dateModified divisionId status=12 selfUri
SocialTopicWithDataIngestionRuleMetadataResponse id name description dateCreated dateModified divisionId status=12 dataIngestionRulesMetadata*>py selfUri
SocialTopicWithDataIngestionRuleMetadataResponseEntityListing entities*>1zs pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Source id name! description type=ew deactivated? selfUri
SourceBaseResponse id name dateCreated dateModified type=e4 integration>1ao schedulePeriod# lastSync>1zz selfUri
SourceEntity id type=f8 contestCompleteData~ selfUri
SourceEntityListing total# entities*>1zu selfUri
SourceIntent sourceIntentId sourceIntentName sourceType=33 sourceId sourceName
SourceLastSync state=er dateStarted dateEnded error>wg
SourceSyncResponse state=er error>wg dateCreated dateModified knowledgeBase>1k source>1k
SpeechTextAnalyticsConversationSummary summaryType=4b mediaType=gi language summaryId agentId sourceId summary generated? dateCreated insights*>my
SpeechTextAnalyticsConversationSummaryListing entities*>201
SpeechTextAnalyticsSettingsResponse defaultProgram>1k expectedDialects* textAnalyticsEnabled? agentEmpathyEnabled?
SplittingInformation criteria=c5 criteriaValue createRemainderContactList? useWaterfallRule?
StaCategory id name description interactionType!=hg criteria!>1kd createdBy>1k dateCreated modifiedBy>1k dateModified selfUri
StaffingGroupAllocation staffingGroupId! shrinkagePercentages!*# attritionPercentages!*# newHiresFullTimeEquivalentCount*# startingWeeklyFullTimeEquivalentCount!# planningGroupIds* baseStartingFullTimeEquivalentCount*# attritionFullTimeEquivalentCount*# staffingGroupPlannedFullTimeEquivalentCount*# endOfMonthPlannedFullTimeEquivalentCount*# shrinkageFullTimeEquivalentCount*# netFullTimeEquivalentCount*#
StaffingGroupAllocationsResponseTemplate staffingGroupAllocations!*>206 months* planningGroupAllocations*>go capacityPlanMetricsSummary>gh
StaffingGroupListing entities*>20b downloadUrl
StaffingGroupMetricChangeResponse numberOfWeeks!# weekStartNumber!# value!# metric!=en notes transfersFullTimeEquivalent>25o staffingGroups!*>20a createdBy!>29n createdDate!
StaffingGroupReference id! selfUri
StaffingGroupResponse id! name! users*>29n managementUnit>1ew planningGroups*>1nk metadata!>2dz selfUri
StaffingRequirementResultResponseTemplate requirementResults!*>1nl
StaffingRequirementsPlanningGroupData planningGroupId! staffingRequirementsPerInterval!*# minimumStaffPerInterval*# effectiveStaffPerInterval*#
Stage id name description dateCreated dateModified dateCompleted dateStarted modifiedBy>29n version# status=ge failureReason>zh selfUri case>h3
StageListing entities*>20e nextUri selfUri previousUri
StageReference id selfUri
Stageplan id name description caseplan>hb dateCreated dateModified modifiedBy>29n selfUri
StageplanListing entities*>20h nextUri selfUri previousUri
StageplanReference id name selfUri
StarrableDivision id name selfUri
StartScreenMonitorResponseBody screenMonitoringId
Station id name description status=h userId webRtcUserId primaryEdge>tw secondaryEdge>tw type lineAppearanceId webRtcMediaDscp# webRtcPersistentEnabled? webRtcForceTurn? webRtcCallAppearances# webRtcRequireMediaHelper? selfUri
StationEntityListing entities*>20m pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
StatisticalResponse interval metrics*~ views*~
StatusChange dateStatusChanged status=23 previousStatus=23 namespace=kq message rejectReason=1v
Step id name description dateCreated dateModified dateCompleted dateStarted modifiedBy>29n version# status=ge stage>20g workitemActivity>2ff failureReason>zh selfUri case>h3
StepListing entities*>20q nextUri selfUri previousUri
StepReference id selfUri
Stepplan id name description caseplan>hb stageplan>20j dateCreated dateModified modifiedBy>29n activityType=gj workitemSettings>2g4 selfUri
StepplanListing entities*>20t nextUri selfUri previousUri
StepplansWorktypeReference id name selfUri
StopSettings keyword!* response!~
StorySetting mention~ reply~
SttEngineEntity id name grammarBased? replacedBy>1k selfUri
SttEngineEntityListing entities*>20y pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Subject type=fs id
SubjectDivisionGrants id name divisions*>sv type=bc selfUri
SubjectDivisionGrantsEntityListing entities*>211 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SubscriberResponse messageReturned* status!
SubscriptionOverviewUsage name! partNumber! grouping! unitOfMeasureType! usageQuantity! overagePrice prepayQuantity! prepayPrice usageNotes isCancellable? bundleQuantity isThirdParty?
Suggestion id conversation>1k assistant>1k type=6p faq>zj article>6a dateCreated answerRecordId triggerType=gd context>217 state=et knowledgeSearch>21c knowledgeArticle>21b cannedResponse>216 script>21e thirdPartySuggestion>244 selfUri
SuggestionCannedResponse response>1k library>1k
SuggestionContext queue>1k mediaType=9r participantType user>29n externalContact>1k utterance>wc message>1k queryStatement
SuggestionEngagement engagementType!=5k feedback>219
SuggestionFeedback rating!=ab
SuggestionKnowledgeAnswer answer startIndex# endIndex#
SuggestionKnowledgeArticle title snippets* document>1k version>1k knowledgeAnswer>21a variations*>1k
SuggestionKnowledgeSearch title snippets* confidence# searchId document>1k version>1k knowledgeAnswer>21a variations*>1k
SuggestionListing entities*>215 nextUri selfUri previousUri
SuggestionScript script>1k page>1k data%
SummaryAggregateDataContainer group% data*>20o
SummaryAggregateQueryResponse results*>21f
SummaryAsyncAggregateQueryResponse results*>21f cursor
SummaryGenerationConfig enabled!? summarySetting>21l retentionSeconds# onDemandSummaryConfig>1jj modelConfig>1hj
SummarySetting id name! dateModified interactionType language! summaryType=44 format=f4 maskPII>21n dateCreated participantLabels>21o predefinedInsights* customEntities*>21k settingType=2v prompt serviceType=aa integrationId timeoutDuration# selfUri
SummarySettingCustomEntity label description
SummarySettingEntity id selfUri
SummarySettingEntityListing entities*>21j pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SummarySettingPII all!?
SummarySettingParticipantLabels internal external
SupportCenterCategory id selfUri image~
SupportCenterCustomMessage defaultValue type=hq
SupportCenterFeedbackSettings enabled?
SupportCenterLabelFilter labels*>1k
SupportCenterScreen type=7q moduleSettings*~
SupportCenterSettings enabled? knowledgeBase>1k customMessages*>21q routerType=7k screens*>21t enabledCategories*>21p labelFilter>21s styleSetting>21v feedback>21r
SupportCenterStyleSetting heroStyle~ globalStyle~
SupportedContent id! name! dateCreated dateModified createdBy>tw modifiedBy>tw version# mediaTypes>1fn selfUri
SupportedContentListing entities*>21w pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SupportedContentReference id! name selfUri mediaTypes>1fn
SupportedDialectsEntityListing entities*>220
SupportedDialectsTranscriptionEngine engine=75 dialects* engineIntegration>wb
SupportedEntityTypeStatus listSlotType=1r
SupportedLanguage language isDefault?
SupportedLanguagesInfoDefinition language intentClassification? status=5s supportedEntityTypes* supportedEntityTypeConfiguration>221
Survey id name conversation>n8 surveyForm>22a agent>tw status=c1 queue>1q8 answers>22i completedDate surveyErrorDetails>229 agentTeam>231 surveyType=hn missingRequiredAnswer? flow>1k selfUri
SurveyAggregateDataContainer group% data*>20o
SurveyAggregateQueryResponse results*>225
SurveyAssignment surveyForm~ flow>tw inviteTimeInterval sendingUser sendingDomain! useThreadingTimelineForSendTime?
SurveyAsyncAggregateQueryResponse results*>225 cursor
SurveyErrorDetails flowDiagnosticInfo>108 surveyErrorReason
SurveyForm id name! division>2h1 modifiedDate published? disabled? contextId! language! header footer questionGroups*>22f publishedVersions>tv redacted? selfUri
SurveyFormDivisionView id name division>2h1 language! contextId! modifiedDate selfUri
SurveyFormDivisionViewListing entities*>22b pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SurveyFormEntityListing entities*>22a pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SurveyQuestion id contextId text helpText type=ji naEnabled? visibilityCondition>2bz answerOptions*~
SurveyQuestionGroup id contextId name type naEnabled? questions*>22e visibilityCondition>2bz
SurveyQuestionGroupScore questionGroupId totalScore# maxTotalScore# markedNA? systemMarkedNA? questionScores*>22h
SurveyQuestionScore questionId answerId score# markedNA? systemMarkedNA? assistedAnswerId npsScore# npsTextAnswer
SurveyScoringSet totalScore# npsScore# questionGroupScores*>22g
SystemPresence id name selfUri
SystemPrompt id name description resources*>22l selfUri
SystemPromptAsset id name promptId language! durationSeconds# mediaUri audioFormat>7d ttsString text uploadUri uploadStatus=is hasDefault? languageDefault? tags%* selfUri
SystemPromptAssetEntityListing entities*>22l pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
SystemPromptEntityListing entities*>22k pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TagValue id name! inUse? acl* selfUri
TagValueEntityListing entities*>22o pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TargetAttributeValue description policyAttributes*>1nr
TargetAttributes baseAttributes*>1nr targetAttributes%>22q
TaskManagementAggregateDataContainer group% data*>20o
TaskManagementAggregateQueryResponse results*>22s
TaskManagementAsyncAggregateQueryResponse results*>22s cursor
TaskManagementErrorDetails code message
TaskManagementObservationDataContainer metric=ju stats~ qualifier=7s
TaskManagementObservationDetailContainer typeDetails*>2gq assigneeDetails*>29p
TaskManagementObservationGroupResult queueId typeId assigneeId statusCategory=b6
TaskManagementObservationQueryResponse results*>230 details>22x cursors>ox nextUri
TaskManagementObservationResult group>22y data*>22w
Team id name! division>2h0 description dateCreated dateModified memberCount# selfUri
TeamActivityData group% data*>234 truncated? entities*>233
TeamActivityEntityData activityDate! organizationPresenceId presenceDate queueId queueMembershipStatus routingStatus routingStatusDate systemPresence teamId
TeamActivityMetricValue metric=jt qualifier secondaryQualifier entityIds* count#
TeamActivityResponse results*>232 entityIdDimension=k0
TeamAddMemberFailure id reason=h5
TeamEntityListing entities*>231 nextUri selfUri previousUri
TeamMemberAddListingResponse entities*>29n failures*>236
TeamMemberEntityListing entities*>29p nextUri selfUri previousUri
TeamReference id selfUri
TeamsSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>231
TelephonySettings persistentConnectionRequired? blockCallerIdAccessCode
Term word! participantType!=91
TerminateJob id status=gn jobType=gp createdBy>29n dateCreated dateModified selfUri
TestExecutionOperationResult step# name success? result~ error>wg
TestExecutionResult operations*>23f error>wg finalResult~ success?
TestMatchesEventOperation name step# matchedTriggers*>23m unmatchedTriggers*>23m
TestMatchesOperation name step# matches? details*>1f6
TestMessage id to!*>vc from!>vc subject textBody! htmlBody time
TestModeEventResults schemaValidation>23n triggerMatchValidation>23h
TestModeResults schemaValidation>23n targetValidation>23o jsonPathValidation>23i triggerMatches?
TestModeTrigger id name enabled? selfUri
TestSchemaOperation name step# matches? details*
TestTargetOperation name step# matches? details*
TestTopicPhraseJob id state=dm createdBy>1k dateCreated dateModified processedTranscriptsCount# matchedTranscriptsCount# selfUri
TestTopicPhraseJobs id state=dm createdBy>1k dateCreated dateModified action entityType=ez selfUri
TextBotDisconnectAction reason!=fi reasonExtendedInfo flowLocation>23u flowOutcomes*>23v
TextBotExitAction reason!=fh reasonExtendedInfo activeIntent flowLocation>23u outputData>23x flowOutcomes*>23v
TextBotFlowLaunchResponse id!
TextBotFlowLocation actionName! actionNumber!# sequenceName!
TextBotFlowOutcome outcomeId outcomeValue=e1 dateStart dateEnd milestones*~
TextBotFlowTurnResponse id! previousTurn>241 prompts>240 nextActionType!=ai nextActionDisconnect>23r nextActionWaitForInput>242 nextActionExit>23s
TextBotInputOutputData variables!%~
TextBotModeConstraints text~
TextBotModeOutputPrompts segments!*~
TextBotOutputPrompts outputLanguage! textPrompts>23z
TextBotTurnReference id!
TextBotWaitForInputAction modeConstraints!>23y
TextMessageListing entities*>1fz
ThirdPartySuggestion text title sources*>245
ThirdPartySuggestionSource name url
Ticker symbol! exchange!
TimeAllowed timeSlots*~ timeZoneId empty?
TimeOffBalanceJobReference id status=ci selfUri
TimeOffBalanceJobResponse entities*>24a status=ci
TimeOffBalanceResponse activityCodeId! hrisTimeOffTypeId! hrisTimeOffTypeSecondaryId startDate balanceMinutesPerDay*#
TimeOffBalancesResponse job>248 entities*>24a
TimeOffIntegrationStatusResponse timeOffRequest!>24r integrationStatus!=cj
TimeOffIntegrationStatusResponseListing entities*>24c
TimeOffLimit id! granularity=53 defaultLimitMinutes# metadata>2dz selfUri
TimeOffLimitListing entities*>24e
TimeOffLimitReference id! selfUri
TimeOffLimitValueRange timeOffLimit>24g startDate! granularity!=53 limitMinutesPerInterval*# allocatedMinutesPerInterval*# waitlistedMinutesPerInterval*# waitlistedRequestsPerInterval*# metadata>2dz
TimeOffLimitValues limitMinutes!*# allocatedMinutes!*# waitlistedMinutes!*# waitlistedRequests!*#
TimeOffPlan id! name activityCodeIds* timeOffLimits*>24g autoApprovalRule=ad daysBeforeStartToExpireFromWaitlist# hrisTimeOffType>14r active? metadata>2dz selfUri
TimeOffPlanBusinessUnitAssociation managementUnits*>1ew staffingGroups*>20a
TimeOffPlanListing entities*>24j
TimeOffPlanManagementUnitAssociation managementUnit!>1ew staffingGroups*>20a
TimeOffRequestList id name timeOffRequests*>24s selfUri
TimeOffRequestListItem id! user!>29n isFullDayRequest!? markedAsRead? activityCodeId! paid? status! substatus partialDayStartDateTimes!* fullDayManagementUnitDates!* dailyDurationMinutes!# durationMinutes!*# payableMinutes!*# fullDayEarliestStartOffsetMinutes!*# fullDayLatestEndOffsetMinutes!*# notes! submittedBy!>29n submittedDate! reviewedBy>29n reviewedDate syncVersion!# metadata!>2dz selfUri
TimeOffRequestListing entities!*>24o downloadUrl
TimeOffRequestNotification timeOffRequestId user>29n isFullDayRequest? status=bd partialDayStartDateTimes* fullDayManagementUnitDates*
TimeOffRequestReference id selfUri
TimeOffRequestResponse id! user!>29n isFullDayRequest!? markedAsRead? activityCodeId! paid? status!=bd substatus=1d partialDayStartDateTimes!* fullDayManagementUnitDates!* dailyDurationMinutes!# durationMinutes!*# payableMinutes!*# fullDayEarliestStartOffsetMinutes!*# fullDayLatestEndOffsetMinutes!*# notes! submittedBy!>29n submittedDate! reviewedBy>29n reviewedDate modifiedBy>29n modifiedDate syncVersion!# metadata!>2dz selfUri
TimeOffSettingsResponse submissionRangeEnforced? submissionRangeType=df submissionEarliestDaysFromNow# submissionLatestDaysFromNow# submissionLatestDate
TimeZoneEntityListing entities*>1re pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TimeZoneMappingPreview contactList>tw contactsPerTimeZone%# contactsMappedUsingZipCode%# contactsMappedToASingleZone# contactsMappedToASingleZoneUsingZipCode# contactsMappedToMultipleZones# contactsMappedToMultipleZonesUsingZipCode# contactsInDefaultWindow# contactListSize#
TokenInfo organization>1hr homeOrganization>1hr authorizedScope* clonedUser>24x dateTokenIdles OAuthClient>1ks
TokenInfoClonedUser id organization>wc
Topic id name description published? strictness=1 matchingType=9c programs*>8h tags* dialect participants=6j phrases*>1nc modifiedBy>1k dateModified publishedBy>1k datePublished selfUri
TopicCursorEntityListing entities* nextUri selfUri previousUri
TopicDuration totalMilliseconds#
TopicJob id state=dm topics*>8i createdBy>1k dateCreated dateModified selfUri
TopicOffset wordCount# characterCount#
TopicPhrase id text utteranceCount#
TopicsDefinitionsProgramMappings program>8h queues*>1k flows*>1k modifiedBy>1k dateModified
TopicsDefinitionsProgramsMappingsEntityListing entities*>254 pageSize# total# selfUri pageCount# nextUri
TopicsEntityListing entities*>1dy pageSize# total# selfUri nextUri pageCount#
TouchpointResponse conversationId agentId! associatedValue!# mediaType=63 state!=40 message createdDate
TrackingSettings excludedQueryParameters* shouldKeepUrlFragment? searchQueryParameters* ipFilters*~
TranscriptAggregateDataContainer group% data*>20o
TranscriptAggregateQueryResponse results*>259
TranscriptAsyncAggregateQueryResponse results*>259 cursor
TranscriptTopic id name topicPhrase transcriptPhrase confidence# startTimeMilliseconds# duration>250 offset>252 recordingLocation#
TranscriptTopics includes* excludes*
TranscriptTranslation id! phrases*~ translateError
TranscriptUrl url
TranscriptUrls conversation>1k communicationId urls*>1wl
TranscriptionConfig vendorName!=78
TranscriptionSettings transcription!=5g transcriptionConfidenceThreshold!# lowLatencyTranscriptionEnabled? contentSearchEnabled? pciDssRedactionEnabled? piiRedactionEnabled?
Transcripts exactMatch* contains* doesNotContain* notSimilarTo*
TransferDestination userId address
TransferInitiator userId
TransferResponse id state=bt dateIssued initiator>25l modifiedBy>25n destination>25k transferType=2c
TransferResponseModifiedBy id selfUri
TransfersFullTimeEquivalent destinationStaffingGroupId transferType=c6
TranslateSupportedLanguage languageName! languageCode!
TranslateSupportedLanguageList entities*>25p
Trigger id name topicName target>25u version# enabled? matchCriteria*>1f5 eventTTLSeconds# delayBySeconds# description selfUri
TriggerEntityListing entities*>25r nextUri selfUri previousUri
TriggerSchedule minutes hours daysOfMonth months daysOfWeek timezone
TriggerTarget type=hs id workflowTargetSettings>2fd
Trunk id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp trunkType=61 edge>tw trunkBase>tw trunkMetabase>tw edgeGroup>tw inService? enabled? logicalInterface>tw connectedStatus>260 optionsStatus*>268 registersStatus*>26a ipStatus>267 optionsEnabledStatus=5x registersEnabledStatus=5x family# proxyAddressList* selfUri
TrunkBase id name! division>sv description version# dateCreated dateModified modifiedBy createdBy state=i0 modifiedByApp createdByApp trunkMetabase!>tw properties%~ trunkType!=61 managed? site>tw inboundSite>tw selfUri
TrunkBaseAssignment family# trunkBase>25w
TrunkBaseEntityListing entities*>25w pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
TrunkBasesSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>25w
TrunkConnectedStatus connected? connectedStateTime
TrunkEntityListing entities*>25v pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
TrunkErrorInfo text code details~
TrunkInstanceSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>25v
TrunkMetabaseEntityListing entities*>1gu pageSize# pageNumber# total# totalNumberOfEntities# lastUri firstUri selfUri nextUri previousUri pageCount#
TrunkMetrics eventTime logicalInterface>tw trunk>tw calls>266 qos>269
TrunkMetricsCalls inboundCallCount# outboundCallCount#
TrunkMetricsNetworkTypeIp address errorInfo>262
TrunkMetricsOptions proxyAddress optionState? optionStateTime errorInfo>262
TrunkMetricsQoS mismatchCount!#
TrunkMetricsRegisters proxyAddress registerState? registerStateTime errorInfo>262
TrunkRecordingEnabledCount enabledCount# disabledCount#
TrustEntityListing entities*>26l pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TrustGroup id name! description dateModified memberCount# state=i0 version# type!=jw images*>15e addresses*>13j rulesVisible!? visibility!=k4 rolesEnabled? includeOwners? callsEnabled? email owners*>289 dateCreated createdBy>1kt
TrustGroupEntityListing entities*>26d pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TrustRequest id createdBy>1kt dateCreated trustee!>1kv users*>1kt groups*>26d selfUri
TrustUser id name division>sv chat>hq department email primaryContactInfo*>kf addresses*>kf state=i0 title username manager>289 images*>15e version!# certifications* biography>99 employerInfo>w7 preferredName routingStatus>1tm presence>29e integrationPresence>29e conversationSummary>28u outOfOffice>1lg geolocation>12h station>2a7 authorization>28q profileSkills* locations*>1e6 groups*>13i team>231 workPlanBidRanks>2el skills*>29r languages*>29q acdAutoAnswer? languagePreference lastTokenIssued>1ja dateLastLogin dateWelcomeSent trustUserDetails>26h
TrustUserDetails dateCreated createdBy>1kt
TrustUserEntityListing entities*>26g pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TrustedCertificateInfo description serialNumber signature
TrustedCertificates entities*>26j total#
Trustee id enabled!? usesDefaultRole? hasFullAccess? isTrustedUser? dateCreated dateExpired createdBy>1kt organization>1kv selfUri
TrusteeAuthorization permissions*
TrusteeBillingOverview id name organization!>1hr currency! enabledProducts!* subscriptionType!=7v rampPeriodStartDate rampPeriodEndDate billingPeriodStartDate billingPeriodEndDate usages!*>214 contractAmendmentDate contractEffectiveDate contractEndDate minimumMonthlyAmount inRampPeriod? selfUri
TrusteeReferenceList entities*>1k
Trustor id enabled!? dateCreated createdBy>1kt organization>1kv authorization>26m selfUri
TrustorEntityListing entities*>26p pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TtsEngineEntity id name languages!* outputFormats!* voices*>26u isDefault? isSecure? selfUri
TtsEngineEntityListing entities*>26r pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TtsSettings defaultEngine! languageOverrides!*>1bd
TtsVoiceEntity id name gender! language! engine!>26r isDefault? selfUri
TtsVoiceEntityListing entities*>26u pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TweetUsage ingestionLimit# tweetCount# dateStart
TwitterDataHistoricalTweetResponse matchingTweets# previousNumberOfDays# usageStatistics>26w
TwitterDataIngestionRuleResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 searchTerms countries* selfUri
TwitterDataIngestionRuleVersionResponse id name description status=v version# dateCreated dateModified platform ingestionRuleInfo>1g2 searchTerms countries* selfUri
TwitterDataIngestionRuleVersionResponseEntityListing entities*>26z pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TwitterId id name screenName verified? profileUrl
TwitterIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
TwitterIntegration id! name! supportedContent>21y messagingSetting>1gn status recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw version!# createStatus=8u createError>wg selfUri
TwitterIntegrationEntityListing entities*>273 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
TwitterOAuthSettings clientId scopes*
TwitterSignupOAuthSettings clientId scopes* appId
TypedAttribute type value
TypingSetting on~
UCI10n name
UCIcon vector!
UcUserPresence id name userId source sourceId presenceDefinition>1oj message modifiedDate selfUri
UnansweredGroup id label phraseGroups*>27g suggestedDocuments*>27d statistics>19z selfUri
UnansweredGroupSuggestedDocument id selfUri
UnansweredGroups entities*>27c
UnansweredPhrase id text unlinkedPhraseHitCount#
UnansweredPhraseGroup id label phrases*>27f unlinkedPhraseHitCount# unlinkedPhraseCount# selfUri
UnansweredPhraseGroupUpdateResponse phraseAssociations*>1nd group>27c
UnavailableTime id timeSpan!>2dw notes
UnavailableTimeListing entities*>27i
UnavailableTimesManagementUnitSettings managementUnit!>1ew enabled!?
UnavailableTimesValidationResult valid!? invalidWorkPlans!*>2es workPlanConstraintsViolationMessage>2en
UnifiedCommunicationsIntegration id name ucIntegrationKey!>1k integrationPresenceSource!=9v pbxPermission! icon!>27a badgeIcons!%>27a i10n!%>279 polledPresence!? pollIntervalSec# includeBadge? userPermissions!* oauthScopes* selfUri
UnifiedCommunicationsIntegrationListing entities*>27m pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UnifiedGeneralTopic name status=5c
UnifiedGeneralTopicEntityListing entities*>27o
UnprocessedExternalEvent event!>yg originalRequestIndex!# isRetryable!? errorMessage! statusCode#
UnprocessedSegmentAssignments assign>1wh unassign>1wk count!#
UnpublishedProgramsEntityListing entities*>1on pageSize# total# selfUri pageCount# nextUri
UpdateExternalEventResponse schemaId eventName displayName rank# activationStatus
UpdateMuAgentWorkPlanFailureResponse user!>29n failure!=1i notFoundWorkPlanId
UpdateMuAgentWorkPlansBatchResponse failures!*>27u
UpdateNotificationResponse mutableGroupId id
UpdateNotificationsResponse entities*>27w
UpdateScheduleUploadResponse uploadKey url headers% uploadBodySchema>27z
UpdateScheduleUploadSchema description published? shortTermForecast>bp headcountForecast>aw agentSchedules*>c1 metadata!>2dz
UpdateSegmentAssignmentResponse unprocessedItems!>27r
UpdatedSettingsResponse message
UploadAttachmentResponse attachmentId name url headers% conversationId
UploadUrlResponse url uploadKey headers%
UrlCondition values!* operator!=iq
UrlResponse url
Usage types*>288
UsageExecutionResult executionId resultsUri
UsageItem type=d1 totalDocumentByteCount# totalDocumentCount#
User id name division>sv chat>hq department email primaryContactInfo*>kf addresses*>kf state=i0 title username manager>289 images*>15e version!# certifications* biography>99 employerInfo>w7 preferredName routingStatus>1tm presence>29e integrationPresence>29e conversationSummary>28u outOfOffice>1lg geolocation>12h station>2a7 authorization>28q profileSkills* locations*>1e6 groups*>13i team>231 workPlanBidRanks>2el skills*>29r languages*>29q acdAutoAnswer? languagePreference lastTokenIssued>1ja dateLastLogin dateWelcomeSent selfUri
UserActivity id! routingStatus>28i presence>28b outOfOffice>28g activeQueueIds!* dateActiveQueuesChanged
UserActivityAdherencePresence presenceDefinition!~ presenceMessage modifiedDate!
UserActivityData group% data*>28f truncated? entities*>28d
UserActivityEntityData activityDate! organizationPresenceId presenceDate queueId queueMembershipStatus routingStatus routingStatusDate systemPresence teamId
UserActivityListing entities*>28a
UserActivityMetricValue metric=jp qualifier entityIds* count#
UserActivityOutOfOffice active? modifiedDate
UserActivityResponse results*>28c entityIdDimension=k0
UserActivityRoutingStatus status! startTime!
UserAgentInfo firmwareVersion manufacturer model
UserAggregateDataContainer group% data*>20o
UserAggregateQueryResponse systemToOrganizationMappings%* results*>28k
UserApp id name integrationType>16u config>28n selfUri
UserAppConfigurationInfo current>16p effective~
UserAppEntityListing entities*>28m pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserAsyncAggregateQueryResponse systemToOrganizationMappings%* results*>28k cursor
UserAuthorization roles*>ua unusedRoles*>ua permissions* permissionPolicies*>1sg
UserAvailableTimes user>29n availableTimes*>8b
UserBestPoints user>29n bestPoints*>28t
UserBestPointsItem granularityType=55 points# dateStartWorkday dateEndWorkday rank#
UserConversationSummary userId call>1fl callback>1fl email>1fl message>1fl chat>1fl socialExpression>1fl video>1fl
UserCursorEntityListing entities*>289 nextUri selfUri results# cursor
UserCustomAttributes id name userId schema>q0 attributes!%~ selfUri
UserDevice id name deviceToken! notificationId! make! model! acceptNotifications!? type!=ia sessionHash selfUri
UserEntity id! name! displayName!
UserEntityListing entities*>289 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserExpands routingStatus>1tm presence>29e integrationPresence>29e conversationSummary>28u outOfOffice>1lg geolocation>12h station>2a7 authorization>28q
UserExternalIdentifier authorityName! externalKey! selfUri
UserInsightsTrend performanceProfile>1k division>sx granularity=55 comparativePeriod>2f7 primaryPeriod>2f7 user>29n entities*>293 total>294
UserInsightsTrendMetricItem metric>1k trends>295
UserInsightsTrendTotalItem trends>295
UserInsightsTrends comparativePeriod*~ primaryPeriod*~
UserLanguageEntityListing entities*>29q pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserLicenses id licenses* selfUri
UserLicensesEntityListing entities*>297 pageSize# pageNumber# total# pageCount#
UserMe id name division>sv chat>hq department email primaryContactInfo*>kf addresses*>kf state=i0 title username manager>289 images*>15e version!# certifications* biography>99 employerInfo>w7 preferredName routingStatus>1tm presence>29e integrationPresence>29e conversationSummary>28u outOfOffice>1lg geolocation>12h station>2a7 authorization>28q profileSkills* locations*>1e6 groups*>13i team>231 workPlanBidRanks>2el skills*>29r languages*>29q autoAnswerSettings>84 acdAutoAnswer? languagePreference lastTokenIssued>1ja dateLastLogin dateWelcomeSent date>1ww geolocationSettings>12i organization>1kv presenceDefinitions*>1l0 divisionedPresenceDefinitions*>1l1 locationDefinitions*>1e9 orgAuthorization*>u3 favorites*>289 superiors*>289 directReports*>289 adjacents>1v routingSkills*>1tk fieldConfigs>zs token>24w trustors*>26p orgProducts*>u2 selfUri
UserNextActivityReminder activityCategory=b2 startDate
UserObservationDataContainer group% data*>1jg
UserObservationQueryResponse results*>29b
UserParam key value
UserPresence id name source sourceId primary? presenceDefinition>1oj futurePresenceDefinition>1oj message modifiedDate selfUri
UserPrimarySource id name sourceId registered? selfUri
UserProfile id name state=i0 dateModified version!# expands>290 selfUri
UserProfileEntityListing entities*>29g pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserProfilesInDateRange user>29n dateStartWorkday dateEndWorkday profiles*>1om
UserQueue id name division>sv description dateCreated dateModified modifiedBy createdBy memberCount# userMemberCount# joinedMemberCount# mediaSettings>1q1 routingRules*>1ti conditionalGroupRouting>jx conditionalGroupActivation>ju bullseye>dv scoringMethod=fd lastAgentRoutingMode=5i acwSettings>1g skillEvaluationMethod=a3 memberGroups*>1fr queueFlow>tw emailInQueueFlow>tw messageInQueueFlow>tw whisperPrompt>tw onHoldPrompt>tw defaultMediaLanguage cannedResponseLibraries>gb enableTranscription? enableAudioMonitoring? enableManualAssignment? agentOwnedRouting>2y directRouting>sp callingPartyName callingPartyNumber defaultScripts%>1vx outboundMessagingAddresses>1q5 outboundEmailAddress>1pz peerId suppressInQueueCallRecording? joined? selfUri
UserQueueEntityListing entities*>29j pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserRecording id name dateCreated dateModified workspace>tw createdBy>tw conversation>m8 contentLength# durationMilliseconds# thumbnails*>te read? selfUri
UserRecordingEntityListing entities*>29l pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserReference id selfUri
UserReferenceEntityListing entities*>29n pageSize# pageNumber# total# pageCount#
UserReferenceWithName id name selfUri
UserRoutingLanguage id name proficiency# state=i0 languageUri selfUri
UserRoutingSkill id name proficiency# state=i0 skillUri selfUri
UserSchedule shifts*>29x fullDayTimeOffMarkers*>29w delete? metadata!>2dz workPlanId
UserScheduleAdherence id name user>29n businessUnit>e3 managementUnit>1ew team>23a scheduledActivityCategory=b2 scheduledActivityCode>z systemPresence=2l organizationSecondaryPresenceId routingStatus=av actualActivityCategory=b2 isOutOfOffice? adherenceState=88 impact=cb adherenceExplanation>1qf timeOfAdherenceChange presenceUpdateTime activeQueues*>1q8 activeQueuesModifiedTime removedFromManagementUnit? nextActivityReminders*>29a suppressOnTimeReminder? selfUri
UserScheduleAdherenceListing entities*>29t downloadUrl
UserScheduleContainer managementUnitTimeZone publishedSchedules*>2d5 userSchedules%>29s
UserScheduleFullDayTimeOffMarker managementUnitDate activityCodeId isPaid? lengthInMinutes# description delete?
UserScheduleShift weekSchedule>2d5 id startDate lengthInMinutes# activities*~ delete? manuallyEdited?
UserSearchRule parts!*>29z
UserSearchRulePart operation!=8m selector!=p ids!*
UserSettingsForChat muted? mentionsOnly? notifyOnReactions? mobile!>1hi
UserSkillEntityListing entities*>29r pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UserSkillGroupEntityListing entities*>1yt nextUri selfUri previousUri
UserStaffingGroupListing entities*>2a4 downloadUrl
UserStaffingGroupResponse startDate endDate user>29n staffingGroup>20a
UserState state=i0 version# stateChangeReason=hi stateChangeDate
UserStation id name type associatedUser>289 associatedDate defaultUser>289 providerInfo% webRtcCallAppearances#
UserStations associatedStation>2a6 effectiveStation>2a6 defaultStation>2a6 lastAssociatedStation>2a6
UserTimeOffIntegrationStatusResponse timeOffRequest!>24r integrationStatus!=cj user!>29n
UserTimeOffIntegrationStatusResponseListing entities*>2a8
UserVideoSettings allowCamera? allowScreenShare? allowMicrophone?
UsersRulesCriteria id operator!=b7 group!*>2af
UsersRulesDependent rule>2ae typeId type=9b createdDate createdBy>29n lastRun>2ag recentRunCount# selfUri
UsersRulesDependentList entities*>2ac pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UsersRulesDependentRule id selfUri
UsersRulesGroupItem id operator!=1y container!=o values!*~
UsersRulesLastRunMetadata id createdDate createdBy>29n resultCount#
UsersRulesLockedCriteriaSettingsCriteria operator!=b7 group!*>2ai
UsersRulesLockedCriteriaSettingsGroup operators!* container!=o maxIdCount#
UsersRulesQueryResponse entities*>29n pageSize# pageNumber# nextUri selfUri previousUri
UsersRulesRule id name description type=9b criteria*>2ab createdDate createdBy>29n modifiedDate modifiedBy>29n lastRun>2ag recentRunCount# dependentCount# selfUri
UsersRulesRuleList entities*>2ak pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UsersRulesRuleReference id selfUri
UsersRulesRuleSettings allowedContainers* lockedCriteria*>2ah
UsersSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>289
UtilizationLabel id name selfUri
UtilizationLabelEntityListing entities*>2ap pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
UtilizationResponse utilization%>1fo labelUtilizations%>1ba maxInboundCalls#
Utterance utteranceText
V3KnowledgeSearchClientApplication type!=32 botFlow>1k assistant>1k
V3KnowledgeSearchPreviewClientApplication type!
V3SourceDetailedResponse id name connectionId type=ee triggerType=e6 status=w createdBy>29n modifiedBy>29n dateCreated dateModified lastSync>2b2 scheduleSettings>2b4 filters>2az filterDetails>2b0 selfUri
V3SourceExpandableListResponse id name connectionId type=ee triggerType=e6 status=w createdBy>29n modifiedBy>29n dateCreated dateModified lastSync>2b2 connection>ka error>wg selfUri
V3SourceExpandableListing entities*>2aw
V3SourceExpandableResponse id name connectionId type=ee triggerType=e6 status=w createdBy>29n modifiedBy>29n dateCreated dateModified lastSync>2b2 scheduleSettings>2b4 filters>2az filterDetails>2b0 connection>ka error>wg selfUri
V3SourceFilter site! folders!*
V3SourceFilterDetails site>2b5 folders*>2b1
V3SourceFolderDetails id name fullPath
V3SourceLastSynchronization id dateStart dateEnd dateSourceIntervalStart dateSourceIntervalEnd triggerType=e7 status=8i statistics>2bc error>wg ingestionStatus=gf selfUri
V3SourceRef id! selfUri
V3SourceScheduleSettings dateStart! period!#
V3SourceSiteDetails id name
V3SourceTagFilter allOf* anyOfGroups** noneOf*
V3Synchronization id type=8p createdBy>29n source>2b3 dateStart dateEnd dateSourceIntervalStart dateSourceIntervalEnd triggerType=e7 status=8i statistics>2bc error>wg ingestionStatus=gf selfUri
V3SynchronizationDeletion fileId fileName synchronization>2bb selfUri
V3SynchronizationDeletionListing entities*>2b8 nextUri selfUri previousUri
V3SynchronizationListing entities*>2b7 nextUri selfUri previousUri
V3SynchronizationRef id! source!>2b3 selfUri
V3SynchronizationStatistics synchronizedItemCount# failedItemCount#
V3SynchronizationUpload fileId fileName metadata>2bf synchronization>2bb selfUri
V3SynchronizationUploadListing entities*>2bd nextUri selfUri previousUri
V3SynchronizationUploadMetadata originUri tags*>z0
V3SynchronizationUploadUrlResponse fileId fileName metadata>2bf synchronization>2bb url headers% selfUri
ValidateAddressResponse valid!? response>213
ValidateAgentUnavailableTimesResponse id status!=ch result>27l
ValidateWorkPlanMessages violationMessages*>2em constraintConflictMessage>kb
ValidateWorkPlanResponse workPlan>2es valid? messages>2bj
ValidationError lineNumber!# message!
ValidationErrorListing entities*>2bn
ValidationErrorResponse message errorType arguments%
ValidationLimits minLength>1h7 maxLength>1f8 minItems>1h7 maxItems>1f8 minimum>1h7 maximum>1f8
ValidationResult separatorValid!? fileEncodingValid!? errors!*>2bl
ValidationServiceAsyncResponse id selfUri
Variable name! type!=eo scope!=8x description validation~ listValues~ listVariables*>2br customConversationAttributes*>mh
VerificationResult status=6l records*>1qn
Verifier id name type enabled? credential>o5 default? selfUri
VerifierEntityListing total# entities*>2bt selfUri
Video state=i7 initialState=i7 id context audioMuted? videoMuted? sharingScreen? peerCount#
VideoConferenceDetails conferenceId conversationId participantInfo>1mk
VideoSettings enabled? channels* agent>3m user>2aa
ViewFilter mediaTypes* queueIds* skillIds* assignedSkillIds* skillGroups* languageIds* assignedLanguageIds* languageGroups* directions* originatingDirections* wrapUpCodes* dnisList* sessionDnisList* filterQueuesByUserIds* filterUsersByQueueIds* userIds* managementUnitIds* addressTos* addressFroms* outboundCampaignIds* outboundContactListIds* contactIds* externalContactIds* externalOrgIds* aniList* durationsMilliseconds*>1j3 acdDurationsMilliseconds*>1j3 talkDurationsMilliseconds*>1j3 acwDurationsMilliseconds*>1j3 handleDurationsMilliseconds*>1j3 holdDurationsMilliseconds*>1j3 abandonDurationsMilliseconds*>1j3 evaluationScore>1j3 evaluationCriticalScore>1j3 evaluationFormIds* evaluatedAgentIds* evaluatorIds* transferred? abandoned? answered? messageTypes* divisionIds* surveyFormIds* surveyTotalScore>1j3 surveyNpsScore>1j3 mos>1j3 surveyQuestionGroupScore>1j3 surveyPromoterScore>1j3 surveyFormContextIds* conversationIds* sipCallIds* isEnded? isSurveyed? surveyScores*>1j3 promoterScores*>1j3 isCampaign? surveyStatuses* conversationProperties>n6 isBlindTransferred? isConsulted? isConsultTransferred? remoteParticipants* flowIds* flowOutcomeIds* flowOutcomeValues* flowDestinationTypes* flowDisconnectReasons* flowTypes* flowEntryTypes* flowEntryReasons* flowVersions* groupIds* hasJourneyCustomerId? hasJourneyActionMapId? hasJourneyVisitId? hasMedia? roleIds* reportsTos* locationIds* flowOutTypes* providerList* callbackNumberList* callbackInterval usedRoutingTypes* requestedRoutingTypes* hasAgentAssistId? transcripts*>25j transcriptLanguages* participantPurposes* showFirstQueue? teamIds* filterUsersByTeamIds* journeyActionMapIds* journeyOutcomeIds* journeySegmentIds* journeyActionMapTypes* developmentRoleList* developmentTypeList* developmentStatusList* developmentModuleIds* developmentActivityOverdue? customerSentimentScore>1j3 customerSentimentTrend>1j3 flowTransferTargets* developmentName topicIds* externalTags* isNotResponding? isAuthenticated? botIds* botVersions* botMessageTypes* botProviderList* botProductList* botRecognitionFailureReasonList* botIntentList* botFinalIntentList* botSlotList* botResultList* blockedReasons* isRecorded? hasEvaluation? hasScoredEvaluation? emailDeliveryStatusList* isAgentOwnedCallback? agentCallbackOwnerIds* transcriptTopics*>25d journeyFrequencyCapReasons* journeyBlockingActionMapIds* journeyActionTargetIds* journeyBlockingScheduleGroupIds* journeyBlockingEmergencyScheduleGroupIds* journeyUrlEqualConditions* journeyUrlNotEqualConditions* journeyUrlStartsWithConditions* journeyUrlEndsWithConditions* journeyUrlContainsAnyConditions* journeyUrlNotContainsAnyConditions* journeyUrlContainsAllConditions* journeyUrlNotContainsAllConditions* flowMilestoneIds* isAssessmentPassed? conversationInitiators* hasCustomerParticipated? isAcdInteraction? hasFax? dataActionIds* actionCategoryName integrationIds* responseStatuses* availableDashboard=co favouriteDashboard? myDashboard? stationErrors* canonicalContactIds* alertRuleIds* evaluationFormContextIds* evaluationStatuses* workbinIds* worktypeIds* workitemIds* workitemAssigneeIds* workitemStatuses* isAnalyzedForSensitiveData? hasSensitiveData? hasPciData? hasPiiData? subPath userState=s isClearedByCustomer? evaluationAssigneeIds* evaluationAssigned? assistantIds* knowledgeBaseIds* isParked? agentEmpathyScore>1j3 surveyTypes* surveyResponseStatuses* botFlowTypes* agentTalkDurationMilliseconds*>1j3 customerTalkDurationMilliseconds*>1j3 overtalkDurationMilliseconds*>1j3 silenceDurationMilliseconds*>1j3 acdDurationMilliseconds*>1j3 ivrDurationMilliseconds*>1j3 otherDurationMilliseconds*>1j3 agentTalkPercentage>1j3 customerTalkPercentage>1j3 overtalkPercentage>1j3 silencePercentage>1j3 acdPercentage>1j3 ivrPercentage>1j3 otherPercentage>1j3 overtalkInstances>1j3 isScreenRecorded? screenMonitorUserIds* dashboardState=u dashboardType=1q dashboardAccessFilter=bb transcriptDurationMilliseconds*>1j3 workitemsStatuses*>2g6 socialCountries* socialLanguages* socialChannels* socialSentimentCategory* socialTopicIds* socialIngestionRuleIds* socialConversationCreated? socialContentType* socialKeywords*>1zi socialPostEscalated? socialClassifications* filterUsersByManagerIds* slideshowIds* conferenced? video? linkedInteraction? recommendationSources* evaluationRole=6e comparisonQueueIds* viewMetrics* timelineCategories* acw? segmentTypes* programIds* categoryIds* deliveryPushed? socialRatings*# virtualAgentIds* empathyScoreCategories* sentimentScoreCategories* sentimentTrendCategories* contentModerationFlags* socialSourceTypes* socialFollowerRange>1zq socialVerificationStatus? socialEngagementLikes>1j3 socialEngagementShares>1j3 socialEngagementComments>1j3 socialEngagementViews>1j3 sessionExpired? screenMonitored? engagementSources* isSnippetRecorded? takeover? socialPostTypes*
VisibilityCondition combiningOperation=c predicates*~
VmPairingInfo meta-data>1gt edge-id auth-token org-id
Voicemail id uploadStatus=k1
VoicemailCopyRecord user>289 group>13i date
VoicemailGroupPolicy name group>13i enabled? sendEmailNotifications? disableEmailPii? includeEmailTranscriptions? languagePreference emailPolicy>13k rotateCallsSecs# stopRingingAfterRotations# overflowGroupId groupAlertType=d0 interactiveResponsePromptId interactiveResponseRequired? includeGroupNumberInUserCallerIdLists?
VoicemailMailboxInfo id ownerType=h7 usageSizeBytes# totalCount# unreadCount# deletedCount# createdDate modifiedDate newestUnreadDate oldestUnreadDate newestReadDate oldestReadDate selfUri
VoicemailMediaInfo id mediaFileUri mediaImageUri waveformData*#
VoicemailMessage id conversation>m8 read? audioRecordingDurationSeconds# audioRecordingSizeBytes# transcription createdDate modifiedDate deletedDate callerAddress callerName callerUser>289 deleted? note user>289 group>13i queue>1py copiedFrom>2c2 copiedTo*>2c2 deleteRetentionPolicy>2c9 selfUri
VoicemailMessageEntityListing entities*>2c6 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
VoicemailOrganizationPolicy enabled? alertTimeoutSeconds# pinConfiguration>1md voicemailExtension pinRequired? interactiveResponseRequired? sendEmailNotifications? includeEmailTranscriptions? disableEmailPii? maximumRecordingTimeSeconds# modifiedDate
VoicemailRetentionPolicy voicemailRetentionPolicyType=d2 numberOfDays#
VoicemailUserPolicy enabled? alertTimeoutSeconds# pin modifiedDate sendEmailNotifications?
VoicemailsSearchResponse total!# pageCount!# pageSize!# pageNumber!# previousPage currentPage nextPage types!* results!*>2c6
WaitlistPosition timeOffRequest>24r timeOffLimit>24g date waitlistPosition#
WaitlistPositionListing entities*>2cc
WebActionEvent action!~ actionMap!~ actionTarget!>1k timeToDisposition# errorCode errorMessage userAgentString! browser!>9w device!>rx geolocation>17u ipAddress ipOrganization mktCampaign>17m visitReferrer>1rc
WebDeployment id name! description allowAllDomains? allowedDomains* supportedContent>21y snippet dateCreated dateModified lastModifiedUser>1k flow>2cl status=bu pushIntegrations*>1p7 configuration!>2cj selfUri
WebDeploymentActiveConfigurationOnDeployment configurationVersion>2ch deployment>2cf
WebDeploymentConfigurationVersion id name! version headlessMode>2cm description languages* defaultLanguage customI18nLabels*>p5 messenger>1gr position>1o0 supportCenter>21u cobrowse>j4 journeyEvents>17r authenticationSettings>7p video>2bx dateCreated dateModified datePublished lastModifiedUser>1k createdUser>1k publishedUser>1k status=bu selfUri
WebDeploymentConfigurationVersionEntityListing entities*>2ch nextUri selfUri previousUri total#
WebDeploymentConfigurationVersionEntityRef id! name selfUri version!
WebDeploymentConfigurationVersionResponse id name! version headlessMode>2cm description languages* defaultLanguage customI18nLabels*>p5 messenger>1gr
WebDeploymentFlowEntityRef id! name selfUri flowDescription publishVersion>119
WebDeploymentHeadlessMode enabled?
WebDeploymentsAuthorizationResponse refreshToken jwt
WebEvent eventName! totalEventCount!# totalPageviewCount!# page!>17w userAgentString! browser!>9w device!>rx geolocation>17u ipAddress ipOrganization mktCampaign>17m referrer>1rc attributes!%>p3 traits!%>p3 searchQuery authenticated!?
WebEventBrowser family! version! lang
WebEventDevice category!=iv type! isMobile? screenHeight# screenWidth# screenDensity# osFamily! osVersion! manufacturer
WebEventResponse customerId! eventName! customerIdType! page!>1sr userAgentString! browser!>2cp device!>2cq searchQuery ipOrganization geolocation>17u mktCampaign>17m session!>2cs referrer>1rc attributes!%>p3 traits!%>p3 authenticated!? externalId createdDate!
WebEventResponseSession id durationInSeconds!# eventCount!# pageviewCount!# referrer>1rc selfUri createdDate!
WebMessagingChannel from~ to~ time messageId
WebMessagingContent contentType=2a attachment~ quickReply~ buttonResponse~ generic~ card~ carousel~ datePicker~
WebMessagingEvent eventType!=3s coBrowse~ presence~ video~
WebMessagingMessage id channel>2ct type=f7 text content*>2cu status=eb reasons*>1qg events*>2cv direction=8k originatingEntity=7t metadata%
WebMessagingMessageEntityList entities*>2cw pageSize# pageNumber# total# pageCount#
WebMessagingOfferFields offerText architectFlow>1k
WebMessagingOfferProperties offerText
WebhookInvocationResponse invocationId!
WeekSchedule id! selfUri weekDate description published? generationResults>2d2 shortTermForecast>1y9 metadata>2dz userSchedules%>29s headcountForecast>146 agentSchedulesVersion#
WeekScheduleGenerationResult failed? runId agentWarnings*~ agentWarningCount#
WeekScheduleListItemResponse id! selfUri weekDate description published? generationResults>2d2 shortTermForecast>1y9 metadata>2dz
WeekScheduleListResponse entities*>2d3
WeekScheduleReference id! selfUri weekDate
WeekScheduleResponse result>2d1 downloadUrl
WeekShiftTradeListResponse entities*>2d9 downloadUrl
WeekShiftTradeMatchesSummaryResponse weekDate count# crossWeekReceivingCount#
WeekShiftTradeResponse trade>1y1 matchReview>1xr
WfmAgent id! user>29n workPlan>2es workPlanRotation>2ev acceptDirectShiftTrades? workPlanOverrides*>2eq queues*>1q8 languages*>1be skills*>1tl schedulable? metadata>2dz selfUri
WfmAgentHistoricalAdherenceJobReference id status=ci selfUri
WfmAgentHistoricalAdherenceResponse job!>2db downloadUrls* result>2dd
WfmAgentHistoricalAdherenceResult user>29n startDate! endDate! calculationsCompletedDate! targetAdherencePercentage!# adherencePercentage# conformancePercentage# impact!=cb exceptionInfo*>14c dayMetrics!*>24 actuals*>14b scheduledActivities*>25 secondaryPresenceLookupItems!*>1w6
WfmBusinessUnitReference id! selfUri
WfmEntityMetadata modifiedBy>29n dateModified createdBy>29n dateCreated
WfmForecastModificationIntervalOffsetValue intervalIndex!# value!#
WfmHistoricalAdherenceBulkJobReference id status=ci selfUri
WfmHistoricalAdherenceBulkResponse job>2dh downloadUrls* downloadResult>2dj
WfmHistoricalAdherenceBulkResult startDate endDate managementUnitId userResults*>2dk lookupIdToSecondaryPresenceId%
WfmHistoricalAdherenceBulkUserResult userId adherencePercentage# conformancePercentage# impact=cb exceptionInfo*>14c actuals*>14b dayMetrics*~
WfmHistoricalAdherenceResponse id downloadUrl downloadResult>2dm downloadUrls* queryState=ci
WfmHistoricalAdherenceResultWrapper entityId data*>14d lookupIdToSecondaryPresenceId%
WfmHistoricalShrinkageResponse operationId downloadUrls* downloadResult>14n state=ci
WfmIntegrationListing entities*>2dq
WfmIntegrationReference id selfUri
WfmIntegrationResponse id name active!? selfUri
WfmIntradayPlanningGroupListing entities*>11g noDataReason=aj
WfmScheduleActivity userReference>29n activities*>1ty fullDayTimeOffMarkers*>11t
WfmScheduleReference id! businessUnit!>2de weekDate! selfUri
WfmServiceGoalImpact increaseByPercent!# decreaseByPercent!#
WfmServiceGoalImpactSettings serviceLevel!>2du averageSpeedOfAnswer!>2du abandonRate!>2du
WfmTimeSpan startDate! lengthMinutes!#
WfmUserEntityListing entities*>29n
WfmUserNotification id! mutableGroupId! timestamp type=1a shiftTrade>1xv timeOffRequest>24q adherenceExplanation>1s alternativeShift>4t markedAsRead!? agentNotification? otherNotificationIdsInGroup*
WfmVersionedEntityMetadata modifiedBy>29n dateModified createdBy>29n dateCreated version!#
WhatsAppAvailablePhoneNumberDetails name! phoneNumber status!
WhatsAppAvailablePhoneNumberDetailsListing entities*>2e0
WhatsAppCampaignSchedule id name dateCreated dateModified version# intervals!*>1ug recurrences*>1rp timeZone whatsAppCampaign!>sy selfUri
WhatsAppCampaignScheduleEntityListing entities*>2e2 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
WhatsAppColumn columnName! type! contactableTimeColumnName contactableTimeColumn
WhatsAppConfig whatsAppColumns!* whatsAppIntegration!>1k contentTemplate!>tw
WhatsAppDefinition name! namespace language! buttons*~ messageFooter~ header~ integrationId category templateStatus statusInfo~
WhatsAppId phoneNumber!>1n9 displayName
WhatsAppIdentityResolutionConfig division>2h1 resolveIdentities!? selfUri
WhatsAppIntegration id! name! supportedContent>21y messagingSetting>1gn phoneNumber! availablePhoneNumbers>2e1 status=10 recipient>tw dateCreated dateModified createdBy>tw modifiedBy>tw version!# activationStatusCode=3u activationErrorInfo>wg createStatus=8u createError>wg whatsAppBusinessAccountId selfUri
WhatsAppIntegrationEntityListing entities*>2e9 pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
Widget row# column# title type!=9k metrics* displayText displayTextColor webContentUrl splitFilters?
WorkPlan id! name enabled? valid? constrainWeeklyPaidTime? flexibleWeeklyPaidTime? weeklyExactPaidMinutes# weeklyMinimumPaidMinutes# weeklyMaximumPaidMinutes# constrainPaidTimeGranularity? paidTimeGranularityMinutes# constrainMinimumTimeBetweenShifts? minimumTimeBetweenShiftsMinutes# maximumDays# minimumConsecutiveNonWorkingMinutesPerWeek# constrainMaximumConsecutiveWorkingWeekends? maximumConsecutiveWorkingWeekends# minimumWorkingDaysPerWeek# constrainMaximumConsecutiveWorkingDays? maximumConsecutiveWorkingDays# minimumShiftStartDistanceMinutes# minimumDaysOffPerPlanningPeriod# maximumDaysOffPerPlanningPeriod# minimumPaidMinutesPerPlanningPeriod# maximumPaidMinutesPerPlanningPeriod# constrainMaximumWorkingWeekendsPerPlanningPeriod? maximumWorkingWeekendsPerPlanningPeriod# optionalDays>1xd shiftStartVarianceType=ef shiftStartVariancePeriod=hp shiftStartVariances>1dv shifts*>2ex agents*>ra agentCount# metadata!>2dz selfUri
WorkPlanActivity activityCodeId description lengthMinutes# startTimeIsRelativeToShiftStart? flexibleStartTime? earliestStartTimeMinutes# latestStartTimeMinutes# exactStartTimeMinutes#
WorkPlanBid id! name! forecast>bq bidWindowStartDate! bidWindowEndDate! effectiveDate! status!=5n agentRankingType!=7n rankingTiebreakerType!=7o publishedDate bidType! endOverridesAndRotations!? workPlanFieldsVisibleToAgents!* metadata>2ek selfUri
WorkPlanBidGroup name! managementUnit!>1ew agents!*>29n workPlans!*>8r planningGroups!*>1nk
WorkPlanBidGroupResponse id! workPlanBidGroup>2ef metadata>2ek selfUri
WorkPlanBidGroupSummary id! name! managementUnit!>1ew agentCount!# workPlanCount!# planningGroupCount!# selfUri
WorkPlanBidGroupSummaryList workPlanBidGroupSummaryList!*>2eh
WorkPlanBidListResponse entities*>2ee
WorkPlanBidMetadata createdBy!>29n createdDate! modifiedBy>29n modifiedDate
WorkPlanBidRanks id workPlanBiddingPerformance# biddingTieBreaker selfUri
WorkPlanConfigurationViolationMessage type=14 arguments*~ severity=8t
WorkPlanConstraintsViolationMessage type!=46 fixableConstraintsMessages!*~
WorkPlanListItemResponse id! name enabled? valid? constrainWeeklyPaidTime? flexibleWeeklyPaidTime? weeklyExactPaidMinutes# weeklyMinimumPaidMinutes# weeklyMaximumPaidMinutes# constrainPaidTimeGranularity? paidTimeGranularityMinutes# constrainMinimumTimeBetweenShifts? minimumTimeBetweenShiftsMinutes# maximumDays# minimumConsecutiveNonWorkingMinutesPerWeek# constrainMaximumConsecutiveWorkingWeekends? maximumConsecutiveWorkingWeekends# minimumWorkingDaysPerWeek# constrainMaximumConsecutiveWorkingDays? maximumConsecutiveWorkingDays# minimumShiftStartDistanceMinutes# minimumDaysOffPerPlanningPeriod# maximumDaysOffPerPlanningPeriod# minimumPaidMinutesPerPlanningPeriod# maximumPaidMinutesPerPlanningPeriod# constrainMaximumWorkingWeekendsPerPlanningPeriod? maximumWorkingWeekendsPerPlanningPeriod# optionalDays>1xd shiftStartVarianceType=ef shiftStartVariancePeriod=hp shiftStartVariances>1dv shifts*>2ex agents*>ra agentCount# metadata!>2dz selfUri
WorkPlanListResponse entities*>2eo
WorkPlanOverride startDate! weekCount!# workPlan!>2es
WorkPlanPatternResponse workPlans*>2es
WorkPlanReference id managementUnit>1ew selfUri
WorkPlanRotationAgentResponse user>29n dateRange>q9 position#
WorkPlanRotationListResponse entities*>2ew
WorkPlanRotationReference id! selfUri
WorkPlanRotationResponse id! name enabled? dateRange>q9 pattern>2er agentCount# agents*>2et metadata>2dz selfUri
WorkPlanShift name! days>1xd flexibleStartTime? exactStartTimeMinutesFromMidnight# earliestStartTimeMinutesFromMidnight# latestStartTimeMinutesFromMidnight# constrainStopTime? constrainLatestStopTime? latestStopTimeMinutesFromMidnight# constrainEarliestStopTime? earliestStopTimeMinutesFromMidnight# startIncrementMinutes# flexiblePaidTime? exactPaidTimeMinutes# minimumPaidTimeMinutes# maximumPaidTimeMinutes# constrainContiguousWorkTime? minimumContiguousWorkTimeMinutes# maximumContiguousWorkTimeMinutes# constrainDayOff? dayOffRule=ae planningPeriodConstraints>1no activities*>2ed id delete? validationId
Workbin id name division>sv description dateCreated dateModified modifiedBy>29n selfUri
WorkbinChangeListing entities*>2ge nextUri selfUri previousUri after
WorkbinDelta name~ description~ dateModified~ modifiedBy~
WorkbinQueryEntityListing entities*>2ey nextUri selfUri previousUri after count#
WorkbinReference id name selfUri
WorkbinVersion id name division>sv description dateCreated dateModified modifiedBy>29n version# selfUri
WorkbinVersionListing entities*>2f3 nextUri selfUri previousUri after
WorkdayMetric metric>1h3 objective>1jd points# maxPoints# value# punctualityEvents*>1p4 businessUnitId evaluationDetails*>1pc
WorkdayMetricListing entities*>2f5
WorkdayPeriod dateStartWorkday dateEndWorkday
WorkdayPointsTrend dateStartWorkday dateEndWorkday user>29n dayOfWeek=eu averagePoints# trend*>2f9
WorkdayPointsTrendItem dateWorkday points#
WorkdayValuesMetricItem metric>1k metricDefinition>tw average# unitType=an trend*>2fc
WorkdayValuesTrend dateStartWorkday dateEndWorkday dateReferenceWorkday division>sv user>29n timezone results*>2fa performanceProfile>1k metric>1k
WorkdayValuesTrendItem dateWorkday value#
WorkflowTargetSettings dataFormat=95
Workitem id name division>sv type>2gq description language>2fm utilizationLabel>2g9 priority# dateCreated dateModified dateDue dateExpires durationSeconds# ttl# status>2g8 statusCategory=b6 dateStatusChanged dateClosed workbin>2f2 reporter>29p assignee>29p externalContact>yd externalTag modifiedBy>29n queue>2fw assignmentState=g2 dateAssignmentStateChanged alertTimeoutSeconds# skills*>2fy preferredAgents*>29n autoStatusTransition? schema>2g1 customFields%~ autoStatusTransitionDetail>86 scoredAgents*>2g2 script>2g3 selfUri
WorkitemActivityReference id selfUri
WorkitemChangeListing entities*>2gf nextUri selfUri previousUri after
WorkitemDateBasedCondition attribute!=it relativeMinutesToInvocation!#
WorkitemDateBasedRule id name type=b0 action>2fz worktype>2gq condition>2fh selfUri
WorkitemDateBasedRuleListing entities*>2fi nextUri selfUri previousUri after
WorkitemDelta name~ description~ languageId~ utilizationLabelId~ priority~ skillIds~ preferredAgentIds~ dateDue~
WorkitemFlowReference id name selfUri
WorkitemLanguageReference id name selfUri
WorkitemOnAttributeChangeCondition attribute!=kc newValue oldValue operator value#
WorkitemOnAttributeChangeRule id name type=b0 action>2fz worktype>2gq condition>2fn selfUri
WorkitemOnAttributeChangeRuleListing entities*>2fo nextUri selfUri previousUri after
WorkitemOnCreateRule id name type=b0 action>2fz worktype>2gq selfUri
WorkitemOnCreateRuleListing entities*>2fq nextUri selfUri previousUri after
WorkitemPagedEntityListing entities*>2fe pageSize# pageNumber# total# pageCount#
WorkitemPostQueryEntityListing entities*>2fe nextUri selfUri previousUri after count#
WorkitemQueryJobError code message
WorkitemQueryJobResponse id state=cw dateStarted dateFinished error>2fu selfUri
WorkitemQueueReference id name selfUri
WorkitemReference id name selfUri
WorkitemRoutingSkillReference id name selfUri
WorkitemRuleAction type=9a
WorkitemRuleSettings flowRulesEnabled?
WorkitemSchema id name version!# selfUri
WorkitemScoredAgent agent>29n score#
WorkitemScriptReference id name selfUri
WorkitemSettingsResponse worktype>20v
WorkitemStatus id name category=b6 destinationStatuses*>2g8 description defaultDestinationStatus>2g8 statusTransitionDelaySeconds# statusTransitionTime worktype>2gq autoTerminateWorkitem? selfUri
WorkitemStatusFilter worktypeId workitemStatusId
WorkitemStatusListing total# entities*>2g5 selfUri
WorkitemStatusReference id name selfUri
WorkitemUtilizationLabelReference id selfUri
WorkitemVersion id name division>sv type>2gq description language>2fm utilizationLabel>2g9 priority# dateCreated dateModified dateDue dateExpires durationSeconds# ttl# status>2g8 statusCategory=b6 dateStatusChanged dateClosed workbin>2f2 reporter>29p assignee>29p externalContact>yd externalTag modifiedBy>29n queue>2fw assignmentState=g2 dateAssignmentStateChanged alertTimeoutSeconds# skills*>2fy preferredAgents*>29n autoStatusTransition? schema>2g1 customFields%~ autoStatusTransitionDetail>86 scoredAgents*>2g2 script>2g3 version# selfUri
WorkitemVersionListing entities*>2ga nextUri selfUri previousUri after
WorkitemWrapup workitem>2fx wrapupCode>2gz modifiedBy>29n user>29n dateModified
WorkitemWrapupEntityListing entities*>2gc nextUri selfUri previousUri
WorkitemsChangeWorkbinDelta version# modifiedBy>29n delta>2f0
WorkitemsChangeWorkitemDelta version# modifiedBy>29n delta>2fk
WorkitemsChangeWorktypeDelta version# modifiedBy>29n delta>2go
Workspace id name! type=ft isCurrentUserWorkspace? user>tw bucket dateCreated dateModified summary>2gl acl* description selfUri
WorkspaceEntityListing entities*>2gh pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
WorkspaceMember id name workspace>tw memberType!=ft member>tw user>289 group>13i securityProfile>1wa selfUri
WorkspaceMemberEntityListing entities*>2gj pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
WorkspaceSummary totalDocumentCount# totalDocumentByteCount#
Worktype id name division>sv description dateCreated dateModified defaultWorkbin>2f2 defaultStatus>2g8 statuses*>2g5 defaultDurationSeconds# defaultExpirationSeconds# defaultDueDurationSeconds# defaultPriority# defaultLanguage>2fm defaultTtlSeconds# modifiedBy>29n defaultQueue>2fw defaultSkills*>2fy assignmentEnabled? schema>2g1 serviceLevelTarget# ruleSettings>2g0 flow>2fl defaultScript>2g3 unassignedDivisionContactsEnabled? selfUri
WorktypeChangeListing entities*>2gg nextUri selfUri previousUri after
WorktypeDelta name~ description~ statuses~ defaultWorkbinId~ defaultDurationSeconds~ defaultExpirationSeconds~ defaultDueDurationSeconds~ defaultPriority~
WorktypeQueryEntityListing entities*>2gm nextUri selfUri previousUri after count#
WorktypeReference id name selfUri
WorktypeVersion id name division>sv description dateCreated dateModified defaultWorkbin>2f2 defaultStatus>2g8 statuses*>2g5 defaultDurationSeconds# defaultExpirationSeconds# defaultDueDurationSeconds# defaultPriority# defaultLanguage>2fm defaultTtlSeconds# modifiedBy>29n defaultQueue>2fw defaultSkills*>2fy assignmentEnabled? schema>2g1 serviceLevelTarget# ruleSettings>2g0 flow>2fl defaultScript>2g3 unassignedDivisionContactsEnabled? version# selfUri
WorktypeVersionListing entities*>2gr nextUri selfUri previousUri after
WrapUpCodeConfig values!*
WrapUpCodeMapping id name dateCreated dateModified version# defaultSet* mapping%* selfUri
Wrapup code name notes tags* durationSeconds# endTime provisional?
WrapupCode id name! division>20k description dateCreated dateModified createdBy modifiedBy selfUri
WrapupCodeEntityListing entities*>2gw pageSize# pageNumber# total# lastUri firstUri selfUri nextUri previousUri pageCount#
WrapupCodePredictionConfig enabled!?
WrapupIdReference id name selfUri
WritableDivision id name selfUri
WritableStarrableDivision id name selfUri
`;

/** The 3315 operations, by path: the number of segments shared with the line before, the other segments, methods and answers. */
export const PATHS = `
0api/v2/agentic/virtualagents GET >3x POST >3w
4{virtualAgentId} GET >3w PATCH >3w
5jobs DELETE +>3y
6{jobId} GET >3y
5versions/{versionId}/jobs POST +>3z
2alerting/alerts/all DELETE ~ PATCH ~
4bulk PATCH >d8
4query POST >4e
4{alertId} DELETE - GET >je PATCH >je PUT >4k
3rules POST >jj
4bulk PATCH >d8
5remove POST >d8
4query POST >jl
4{ruleId} DELETE - GET >jj PUT >jj
2analytics/actions/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >8.c
5query POST >7
3agentcopilots/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >2k.c
5query POST >2j
3agents/status/counts POST >52
5query POST >53
4{userId}/status GET >50
3agentutilizations/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >3l.c
5query POST >3k
3botflows/{botFlowId}/divisions/reportingturns GET >1s3.a
5reportingturns GET >1s3.a
5sessions GET >1xc.a
3bots/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >9d.c
5query POST >9c
3casemanagement/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >gz.c
5query POST >gy
3conversations/activity/query POST >md
4aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >mg.c
5query POST >mf
4details GET >58
5jobs POST +>73
6availability GET >pt
6{jobId} DELETE - GET >74
7results GET >55.c
5query POST >56
4{conversationId}/details GET >57
6properties POST >1p1
3copilots/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >no.c
5query POST >nn
3dataextraction/downloads/bulk POST >px
5metadata GET >pv.a
5{downloadId} GET -
3dataretention/settings GET >59 PUT >59
3evaluations/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >ww.c
5query POST >wu
3flowexecutions/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >10e.c
5query POST >10d
3flows/activity/query POST >103
4aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >106.c
5query POST >105
4observations/query POST >10x
3journeys/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >17l.c
5query POST >17j
3knowledge/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >191.c
5query POST >18w
3queues/observations/query POST >1q7
3ratelimits/aggregates/query POST >1qd
3reporting/dashboards/users GET >pq
6bulk/remove POST -
6{userId} GET >pp
4exports GET >1rt POST >1ru
5metadata GET >1rv
4settings GET >5e PATCH >5e
5dashboards/bulk/remove POST -
6query GET >po POST >po
5users/{userId}/dashboards GET >po
3resolutions/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >1se.c
5query POST >1sd
3routing/activity/query POST >1tg
3summaries/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >21h.c
5query POST >21g
3surveys/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >228.c
5query POST >226
3taskmanagement/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >22u.c
5query POST >22t
4metrics/query POST >22z.a
3teams/activity/query POST >235
3transcripts/aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >25b.c
5query POST >25a
3users/activity/query POST >28h
4aggregates/jobs POST +>73
6{jobId} DELETE - GET >74
7results GET >28p.c
5query POST >28l
4details/jobs POST +>73
6availability GET >pt
6{jobId} DELETE - GET >74
7results GET >5k.c
5query POST >5l
4observations/query POST >29c
2architect/dependencytracking GET >rh
4build GET >ri POST -
4consumedresources GET >kd
4consumingresources GET >ke
4deletedresourceconsumers GET >rh
4object GET >rg
4types GET >rk
5{typeId} GET >rj
4updatedresourceconsumers GET >rh
3emergencygroups GET >w4 POST >w1
4divisionviews GET >w3
4{emergencyGroupId} DELETE - GET >w1 PUT >w1
3grammars GET >137 POST >134
4{grammarId} DELETE ~ GET >134 PATCH >134
5languages POST >135
6{languageCode} DELETE - GET >135 PATCH >135
7files/dtmf DELETE - POST >283
8voice DELETE - POST >283
3ivrs GET >14z POST >14w
4divisionviews GET >14y
4{ivrId} DELETE - GET >14w PUT >14w
5identityresolution GET >150 PUT >150
3prompts DELETE >1kf GET >1oz POST >1ov
4{promptId} DELETE - GET >1ov PUT >1ov
5history POST >1kf
6{historyId} GET >14p
5resources GET >1ox POST >1ow
6{languageCode} DELETE - GET >1ow PUT >1ow
7audio DELETE -
7uploads POST >1oy
3schedulegroups GET >1uf POST >1uc
4divisionviews GET >1ue
4{scheduleGroupId} DELETE - GET >1uc PUT >1uc
3schedules GET >1u8 POST >1tx
4divisionviews GET >1u7
4{scheduleId} DELETE - GET >1tx PUT >1tx
3systemprompts GET >22n
4{promptId} GET >22k
5history POST >1kf
6{historyId} GET >14p
5resources GET >22m POST >22l
6{languageCode} DELETE - GET >22l PUT >22l
7uploads POST >1oy
2assistants GET >6s.a POST >6p
3agentchecklists GET >2f.a POST >2c
4languages GET >we
4{agentChecklistId} DELETE - GET >2c PUT >2c
3copilot/featuresupport GET >1bg
3queues GET >6u.a
3{assistantId} DELETE - GET >6p PATCH >6p
4copilot GET >nl PUT >nl
4queues DELETE - GET >6u.a PATCH >6u
5{queueId} DELETE - GET >6t PUT >6t
6users/bulk/add POST >d8
8remove POST >d8
7jobs POST +>6w
8{jobId} GET >6w
7query POST >6x
4variations GET >6r POST >6q
5{variationId} DELETE - GET >6q PUT >6q
2audits/query POST >7h
4realtime POST >7m
5related POST >7n
5servicemapping GET >7k
4servicemapping GET >7k
4{transactionId} GET >7h
5results GET >7g.c
2authorization/divisions GET >7y POST >7w
4deleted GET >7y
4home GET >7w
4limit GET #
4query GET >7x.a
4{divisionId} DELETE - GET >7w PUT >7w
5grants GET >7z
5objects/{objectType} POST -
5restore POST >7w
3divisionspermitted/me GET *>7w
4paged/me GET >sz
5{subjectId} GET >sz
3permissions GET >1my
3policies GET >7t.a
4subject/{subjectId} GET >7t.a
4targets GET >22r
5{targetName} GET >7t.a POST >7s PUT >7s
6subject/{subjectId} DELETE - GET >7s
6validate POST >2bm
4{policyId} GET >7s PUT >7s
5attributes GET >1ns
5simulate POST >1ny
3products GET >1l4
3roles GET >1l7 POST >u3
4default POST >1l7 PUT >1l7
4settings GET >1t6 PUT >1t6
4{leftRoleId}/comparedefault/{rightRoleId} GET >u1 POST >u1
4{roleId} DELETE - GET >u3 PATCH >u3 POST - PUT >u3
5subjectgrants GET >212
5users GET >29o
6add PUT *
6remove PUT *
3settings GET >7u PATCH >7u
3subjects/me GET >82
4rolecounts GET %~
4{subjectId} GET >82
5bulkadd POST -
5bulkremove POST -
5bulkreplace POST -
5divisions/{divisionId}/roles/{roleId} DELETE - POST -
2backgroundassistant/token POST >1yc
2billing/contracts GET >8v.a
4invoices GET >91.a
5{invoiceId}/document GET >285
6lines GET >90.a
4{contractId} GET >8u
5billingperiods/{billingPeriodId} GET >8x
3reports/billableusage GET >96
3trusteebillingoverview/{trustorOrgId} GET >26n
2businessrules/decisiontables GET >qw.a POST >r4
4search GET >qw.a
4{tableId} DELETE - GET >qj PATCH >qj
5execute POST >qm
5exports GET >qp.a POST >qn
6{exportJobId} DELETE - GET >qn
5imports GET >qs.a POST >qq
6{importJobId} DELETE - GET >qq PATCH >qq
5versions GET >r6.a POST >r4
6{tableVersion} DELETE - GET >r4 PATCH >r4
7copy POST >r4
7execute POST >qm
7publish PUT >r4
7rollback POST >r4
7rows GET >r1 POST >qy
8bulk/add POST >c3
9remove POST -
9update POST >dq
8search POST >r1
8{rowId} DELETE - GET >qy PUT >qy
7snapshot DELETE - POST >r4
7sync POST >r4
3schemas GET >dx POST >dw
4coretypes GET >nu
5{coreTypeName} GET >nt
4{schemaId} DELETE - GET >dw PUT >dw
5versions GET >dx.a
6{schemaVersion} GET >dw
2carrierservices/integrations/emergencylocations/me GET >w5 POST >w5
2casemanagement/caseplans GET >h9.a POST >h6
4query POST >ha
4{caseplanId} DELETE ~ GET >h5 PATCH >h5
5dataschemas POST >h7
6{schemaKeyName} DELETE ~ PUT >h7
5intakesettings PUT >16n
5publish POST >h5
5stageplans POST >20h
6{stageplanId} DELETE ~ PATCH >20h
7reposition POST ~
7stepplans/{stepplanId} PATCH >20t
5versions POST >h5
6{versionId} GET >h5
7dataschemas GET >h8
7intakesettings GET >16n
7stageplans GET >20i.a
8{stageplanId} GET >20h
9stepplans GET >20u.a
a{stepplanId} GET >20t
3cases POST >gr
4associations/query POST >gu
4externalcontacts/{externalContactId} GET >gw.a
4query/jobs POST +>h1
6{jobId} GET >h1
7results GET >h2
4references/{referenceId} GET >gr
4{caseId} DELETE ~ GET >gr
5associations GET >gt.a POST >gs
6{associationId} GET >gs
5comments GET >jd.a POST >jc
6me/{commentId} DELETE ~
6{commentId} GET >jc
5datedue PATCH >gr
5owner PATCH >gr
5priority PATCH >gr
5stages GET >20f.a
6{stageId} GET >20e
7steps GET >20r.a
8{stepId} GET >20q
5summary PATCH >gr
5terminate/jobs POST +>23e
7{jobId} GET >23e
2certificate/details POST >1mh
2chats/messages/{messageId} GET >hx
5reactions PUT -
3rooms POST >o0
4{roomJid} GET >1t7 PATCH -
5messages GET >hw.a POST >i0
6pins POST -
7{pinnedMessageId} DELETE -
6{messageIds} GET >hw
6{messageId} DELETE - PATCH >i0
5participants GET >1ta
6{participantJid} GET >1t8
6{userId} DELETE - POST -
3settings GET >i1 PATCH >i1 PUT >i1
3threads/{threadId}/messages GET >hw.a
3users/me/settings DELETE - GET >2a0 PATCH >2a0 POST -
4{userId} GET >1jl
5messages GET >hx.a POST >i0
6pins POST -
7{pinnedMessageId} DELETE -
6{messageIds} GET >hw
6{messageId} DELETE - PATCH >i0
5settings GET >i3 PATCH >i3
2coaching/appointments GET >ir POST >iq
4aggregates/query POST >io
4me GET >ir
4{appointmentId} DELETE >ip GET >iq PATCH >iq
5annotations GET >in POST >im
6{annotationId} DELETE - GET >im PATCH >im
5conversations POST >1h
5status PATCH >is
5statuses GET >it
3notifications GET >iv
4{notificationId} GET >iu PATCH >iu
3scheduleslots/jobs POST +>iw
5{jobId} GET >iw
4query POST >j0
2contentmanagement/documents GET >tc POST >t6
4{documentId} DELETE - GET >t6 POST >t6
5content GET >uc POST >1rq
3query GET >1pt POST >1pt
3securityprofiles GET >1wb
4{securityProfileId} GET >1wa
3shared/{sharedId} GET >1xh
3shares GET >1xg POST >o1
4{shareId} DELETE - GET >1xf
3status GET >jb
4{statusId} DELETE - GET >ja
3usage GET >286
3workspaces GET >2gi POST >2gh
4{workspaceId} DELETE - GET >2gh PUT >2gh
5documents GET >tc
5members GET >2gk
6{memberId} DELETE - GET >2gj PUT >2gj
5tagvalues GET >22p POST >22o
6query POST >22p
6{tagId} DELETE - GET >22o PUT >22o
2conversations GET >mw
3aftercallwork/{conversationId}/participants/{participantId}/communications/{communicationId} PATCH >21
3callbacks GET >ez PATCH >1mn POST >nw
4bulk/disconnect POST -
5update POST >c5
4{conversationId} GET >ey PATCH >m8
5participants/{participantId} PATCH -
7attributes PATCH >1mj
7communications/{communicationId} PATCH ~
9wrapup GET >6l POST -
7replace POST -
7wrapup GET >6l
7wrapupcodes GET *>2gw
5recordingstate PUT \$
3calls GET >eg POST >nv
4history GET >ej
4maximumconferenceparties GET >1f9
4user/{userId} POST >nv
4{conversationId} GET >ef PATCH >m8 POST >m8
5conference PATCH -
5participants POST >m8
6user/{userId} POST >m8
6{participantId} PATCH -
7attributes PATCH >1mj
7barge POST -
7coach POST -
7communications/{communicationId} PATCH ~
9postflowaction DELETE - PATCH -
9summaries POST >1ji
9uuidata PUT ~
9wrapup GET >6l POST -
7consult DELETE - PATCH >kc POST >kc
8agent POST >kc
8contact/external POST >kc
8external POST >kc
8queue POST >kc
7monitor POST -
7replace POST -
7snippet/record POST \$
7user/{userId} PATCH -
7voice/consult POST >kc
7wrapup GET >6l
7wrapupcodes GET *>2gw
5recordingstate PUT \$
3cobrowsesessions GET >j2
4{conversationId} GET >j1 PATCH >m8
5participants/{participantId} PATCH -
7attributes PATCH >1mj
7communications/{communicationId} PATCH ~
9wrapup GET >6l POST -
7replace POST -
7wrapup GET >6l
7wrapupcodes GET *>2gw
5recordingstate PUT \$
3customattributes/schemas GET >mq POST >mp
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} GET >mp PUT >mp
6versions GET >mq
7{versionId} GET >mp
4search POST >18p
3emails GET >vj POST >vi
4agentless POST >40
4{conversationId} GET >vi PATCH >m8
5inboundmessages POST >vi
5messages GET >vq POST >vr
6draft GET >vo PATCH >vo PUT >vo
7attachments/copy POST >vo
8uploads POST >282
8{attachmentId} DELETE -
6{messageId} GET >vo
5participants/{participantId} PATCH -
7attributes PATCH >1mj
7communications/{communicationId} PATCH ~
9wrapup GET >6l POST -
7parkingstate PATCH -
7replace POST -
7wrapup GET >6l
7wrapupcodes GET *>2gw
5reconnect POST -
5recordingstate PUT \$
5settings GET >vy
3faxes POST >zn
3internalmessages GET >175
4{conversationId} GET >174
3keyconfigurations GET >mu POST >mt
4validate POST >mt
4{keyconfigurationsId} GET >mt PUT >mt
3messages GET >1fy POST >ny
4agentless POST >1wp
4cachedmedia GET >e9
5{cachedMediaItemId} DELETE - GET >e8
4inbound/open POST >1k2
4{conversationId} GET >1fx PATCH >m8
5communications/{communicationId}/messages POST >1fz
8media GET >1g5 POST >1g4
9uploads POST >1g9
9{mediaId} GET >1g4
7socialmedia/messages POST >1zo
7typing POST -
5messages/bulk POST >243
6{messageId} GET >1fz
5participants/{participantId} PATCH -
7attributes PATCH >1mj
7communications/{communicationId} PATCH ~
9summaries POST >1ji
9wrapup GET >6l POST -
7monitor POST -
7parkingstate PATCH -
7replace POST -
7wrapup GET >6l
7wrapupcodes GET *>2gw
5recordingstate PUT \$
4{integrationId}/inbound/open/event POST >1jr
7message POST >1jx
7receipt POST >1k3
7structured/response POST >1kc
4{messageId}/details GET >1fz
3messaging/facebook/app GET >z1
5permissions GET >za
4identityresolution/integrations/apple/{integrationId} GET >5x PUT >5x
6facebook/{integrationId} GET >z6 PUT >z6
6instagram/{integrationId} GET >16i PUT >16i
6open/{integrationId} GET >1k0 PUT >1k0
6twitter/{integrationId} GET >272 PUT >272
6whatsapp/{integrationId} GET >2e8 PUT >2e8
4integrations GET >1gl
5apple GET >5z POST >5y
6{integrationId} DELETE - GET >5y PATCH >5y
5facebook GET >z8 POST >z7
6{integrationId} DELETE - GET >z7 PATCH >z7
5instagram GET >16k POST >16j
6{integrationId} DELETE - GET >16j PATCH >16j
5open GET >1ju POST >1jt
6extensions/googlebusinessprofile POST >131
8oauth/settings GET >133
8tokens POST >12t
9{tokenId} GET >12t
aaccounts GET >12w
8{integrationId} DELETE - GET >131 PATCH >131
6{integrationId} DELETE - GET >1jt PATCH >1jt
5twitter GET >274 POST >273
6oauth/settings GET >276
6{integrationId} DELETE - GET >273 PATCH >273
5whatsapp GET >2ea POST >2e9
6embeddedsignup POST >2e9
7{integrationId} PATCH >2e9
6{integrationId} DELETE >2e9 GET >2e9 PATCH >2e9
5{integrationId}/twitter/oauth/settings GET >275
4oauth/apple/callback GET >1j4
4settings GET >1gj POST >1gm
5default DELETE - GET >1gm PUT >1gm
5{messageSettingId} DELETE - GET >1gm PATCH >1gm
4supportedcontent GET >21x POST >21w
5default GET >21w PUT >21w
5{supportedContentId} DELETE - GET >21w PATCH >21w
4threadingtimeline GET >ni PUT >ni
3participants/attributes/search POST >18m
3screenshares/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup GET >6l POST -
5recordingstate PUT \$
3settings GET >1xe PATCH -
3socials/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup GET >6l POST -
5recordingstate PUT \$
3summaries/preview POST -
4settings GET >21m POST >21j
5{summarySettingId} DELETE - GET >21j PUT >21j
3videos/meetings POST >1fp
5{meetingId} GET >1fp
4{conferenceId}/details GET >2bw
4{conversationId}/agentconference/communications/{communicationId} POST >nx
5participants/{participantId}/communications/{communicationId}/wrapup GET >6l POST -
5recordingstate PUT \$
3{conversationId} DELETE - GET >m8
4accessattributes GET >m9 PUT \$
4assign POST \$
4assistant/copilotcontext GET >nr
4barge POST -
4cobrowse POST >j5
4communications/{communicationId}/agentchecklists GET >2h
7finalize POST >2h
7{agentChecklistId} GET >2g POST >2g
8agentaction POST >2g
8jobs POST +>i5
9{jobId} GET >i6
6internalmessages GET >177 POST >176
7{messageId} GET >176
4customattributes GET >p2 PATCH - PUT >p1
5bulk PATCH >p0 PUT >p0
5{attributesId} DELETE - GET >oy
4disconnect POST \$
4participants/{participantId} PATCH -
6attributes PATCH -
6callbacks POST -
6codes/{addCommunicationCode} DELETE -
6digits POST -
6flaggedreason DELETE - PUT -
6internalmessages/users/communications POST >1gi
6replace POST -
7agent POST -
7contact/external POST -
7external POST -
7queue POST -
6screenmonitors/sessions POST >20l
8{screenMonitoringId} DELETE - GET >1vr
6secureivrsessions GET >1w9 POST >1w8
7{secureSessionId} GET >1w8
6transfer POST -
6wrapup GET >6l
6wrapupcodes GET *>2gw
4recordingmetadata GET *>1r1
5{recordingId} GET >1r1
4recordings GET *>1qp
5{recordingId} GET >1qp PUT >1qp
6annotations GET *>5n POST >5n
7{annotationId} DELETE - GET >5n PUT >5n
4recordingstate PATCH -
4secureattributes GET >na PATCH \$ PUT \$
4suggestions GET >21d.a
5feedback POST -
5{suggestionId} GET >215 PATCH >215
6engagement POST >218
4summaries GET >nc
5{summaryId}/engagements PATCH -
6feedback PATCH - POST -
4tags PUT \$
4utilizationlabel PATCH \$
2dataextensions/coretypes GET >nu
4{coretypeName} GET >nt
3limits GET >1uv
2dataprivacy/maskingrules GET >1f3 POST >1f2
4validate POST >1f4
4{ruleId} DELETE - GET >1f2 PATCH >1f2
2date GET >1ww
2dependencies/type/{entityType}/id/{entityId}/connections/requiredby GET >rf
8requiredbycounts GET >rd
8requires GET >rf
2diagnostics/logcapture/browser/entries/download/jobs POST +>1ef
8{jobId} GET >1ef
6query POST >1eg.a
5users GET >1ei
6{userId} DELETE - GET >1ej POST >1eh
2documentation/all/search POST >18n
3gkn/search GET >125 POST >125
3search GET >tk POST >tk
2downloads/{downloadId} GET >285
2emails/settings GET >vv PATCH >vv
4threading DELETE - GET >vx PATCH >vx
2employeeengagement/celebrations GET >12j
4{celebrationId} DELETE - PATCH -
3recognitions GET >1qm POST >1ql
4{recognitionId} GET >1qk
2employeeperformance/externalmetrics/data POST >yq
4definitions GET >ys POST >yr
5{metricId} DELETE - GET >yr PATCH >yr
2events/conversations POST >8m
3routing/customkpiattributions POST >8m
3users/presence POST >8m
4routingstatus POST >8m
2externalcontacts/bulk/contacts POST >cj
5add POST >c7
5divisionviews POST >cj
5enrich POST >c6
5remove POST >c8
5unresolved POST >cj
5update POST >c7
4notes POST >ck
5add POST >cw
5remove POST >c8
5update POST >cw
4organizations POST >cl
5add POST >d2
5divisionviews POST >cl
5enrich POST >d1
5remove POST >c8
5update POST >d2
4relationships POST >cm
5add POST >d5
5remove POST >c8
5update POST >d5
3contacts GET >l4 POST >yc
4enrich POST >yc
4exports GET >le.a POST >lc
5{exportId} GET >lc
4merge POST >yc
4schemas GET >q1 POST >q0
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} DELETE - GET >q0 PUT >q0
6versions GET >q1
7{versionId} GET >q0
4search POST >l4
4{contactId} DELETE ~ GET >yc PATCH >yc PUT >yc
5identifiers GET >km PATCH >kl
5journey/segments GET >1we POST >280
6sessions GET >1x8.a
5notes GET >1ik POST >1ij
6{noteId} DELETE ~ GET >1ij PATCH >1ij PUT >1ij
5promotion POST >yc
5unresolved GET >yc
3conversations/{conversationId} PUT -
3externalsources GET >ot.c POST >yz
4{externalSourceId} DELETE ~ GET >yz PUT >yz
3graphs/clusterscans GET >ij.c
5latest GET >ii
6statistics GET >ik
5{scanId} GET >ii
6clusters GET >ih.c
7{clusterId} GET >ig
8merge PUT >ig
6statistics GET >ik
4settings GET >13b PUT >13b
3identifierlookup POST >yc
4contacts POST >yc
4organizations POST >yt
3import/csv/jobs POST +>om
5settings GET >1dz.a POST >oo
6{settingsId} DELETE - GET >oo PUT >oo
5uploads POST >or
6{uploadId}/details GET >op
7preview GET >oq
4jobs GET >ko.a POST +>kq
5{jobId} GET >kq PUT >kr
4settings GET >kt.a POST >ks
5{settingsId} DELETE - GET >ks PUT >ks
3merge/contacts POST >yc
3notes/exports GET >1in.a POST >1il
5{exportId} GET >1il
3organizations GET >yw POST >yt
4enrich POST >yt
4exports GET >1lb.a POST >1l9
5{exportId} GET >1l9
4schemas GET >q1 POST >q0
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} GET >q0 PUT >q0
6versions GET >q1
7{versionId} GET >q0
4{externalOrganizationId} DELETE ~ GET >yt PATCH >yt PUT >yt
5contacts GET >l4
5identifiers GET >yv PATCH >yu
5notes GET >1ik POST >1ij
6{noteId} DELETE ~ GET >1ij PATCH >1ij PUT >1ij
5relationships GET >1rj
5trustor DELETE -
6{trustorId} PUT >yx
3relationships POST >1ri
4exports GET >1rm.a POST >1rk
5{exportId} GET >1rk
4{relationshipId} DELETE ~ GET >1ri PATCH >1ri PUT >1ri
3reversewhitepageslookup GET >1t0
3scan/contacts GET >os.c
5divisionviews/all GET >os.c
4notes GET >ou.c
5divisionviews/all GET >ou.c
4organizations GET >ov.c
5divisionviews/all GET >ov.c
4relationships GET >ow.c
5divisionviews/all GET >ow.c
3settings DELETE >281 GET >ye PUT >281
2fax/documents GET >zm
4{documentId} DELETE - GET >zl PUT >zl
5content GET >uc
3settings GET >zk PUT >zk
3summary GET >zp
3{faxId}/status GET >1lj
2fieldconfig GET >zr
2flows DELETE >1kf GET >10b POST >zz
3actions/checkin POST >1kf
4checkout POST >zz
4deactivate POST >zz
4publish POST >1kf
4revert POST >zz
4unlock POST >zz
3datatables GET >q7 POST >q2
4divisionviews GET >q7
5{datatableId} GET >q2
4{datatableId} DELETE - GET >q2 PUT >q2
5export/jobs POST +>q3
7{exportJobId} GET >q3
5import/csv/jobs POST +>q5
6jobs GET >q4 POST +>q5
7{importJobId} GET >q5
5rows GET >q6 POST %~
6{rowId} DELETE - GET %~ PUT %~
3divisionviews GET >10a
3executions POST >10g
4{flowExecutionId} GET >116
3export/jobs POST +>1rf
5{jobId} GET >64
3instances/jobs POST +>12m
5{jobId} GET >12m
4query POST >115
4querycapabilities GET >11b
4settings/executiondata GET >xz PATCH >xz
5loglevels GET >118
6characteristics GET >10r
6default DELETE - GET >117 PUT >117
4{instanceId} GET >12m
3jobs POST +>1rg
4{jobId} GET >68
3lookup GET >10b
3milestones GET >10v POST >10s
4divisionviews GET >10u
4{milestoneId} DELETE ~ GET >10s PUT >10s
3outcomes GET >111 POST >10y
4divisionviews GET >110
4{flowOutcomeId} GET >10y PUT >1kf
3validate/jobs POST +>1rh
5{jobId} GET >69
3{flowId} DELETE - GET >zz PUT >zz
4history POST >1kf
5{historyId} GET >14p
4instances/settings/loglevels DELETE - GET >117 POST >117 PUT >117
4latestconfiguration GET ~
4versions GET >11a POST >119
5{versionId} GET >119
6configuration GET ~
6health GET >10h
6intents/{intentId}/health GET >10j
8utterances/{utteranceId}/health GET >10n
2gamification/contests GET >12k POST >m2
4me GET >12k
4uploads/prizeimages POST >283
4{contestId} DELETE - GET >m2 PATCH >m2 PUT >m2
5agents/scores GET >lw
7me GET >lw
7trends GET >ly
8me GET >lu
5prizeimages/{prizeImageId} GET >1ol
3insights GET >166
4details GET >160
4groups/trends GET >16a
6all GET >16a
4managers GET >15z
4members GET >15z
4rankings GET >165
4trends GET >292
4users/{userId}/details GET >160
6trends GET >292
3leaderboard GET >1bi
4all GET >1bi
5bestpoints GET >1m9
4bestpoints GET >1m9
3metricdefinitions GET >12n
4{metricDefinitionId} GET >1h4
3profiles GET >12q POST >1mx
4users/me GET >1mx
6query POST >29i
5{userId} GET >1mx
6query POST >29i
4{profileId} GET >1mx PUT >1mx
5activate POST >1mx
5deactivate POST >1mx
5members GET >1fs POST >6m
6validate POST >6o
5metrics GET >12o POST >1h3
6objectivedetails GET >12p
6{metricId} GET >1h3 PUT >1h3
4{sourceProfileId}/metrics/{sourceMetricId}/link POST >1h3
3scorecards GET >2f6
4attendance GET >79
4bestpoints GET >28s
4points/alltime GET >4l
5average GET >1ye
5trends GET >2f8
4profiles/{profileId}/metrics/{metricId}/users/values/trends GET >1h5
9{userId}/values/trends GET >1h5
8values/trends GET >1h5
4users/points/average GET >1ye
5values/average GET >1yf
6trends GET >2fb
5{userId} GET >2f6
6attendance GET >79
6bestpoints GET >28s
6points/alltime GET >4l
7trends GET >2f8
6values/trends GET >2fb
4values/average GET >1yf
5trends GET >2fb
3status GET >127 PUT >127
3templates GET >12r
4{templateId} GET >1je
2gdpr/requests GET >121 POST >120
4{requestId} GET >120
3subjects GET >123
2geolocations/settings GET >12i PATCH >12i
2greetings GET >tr POST >13d
3defaults GET >r8 PUT >r8
3{greetingId} DELETE - GET >13d PUT >13d
4downloads GET >13g
4groups/downloads GET >13g
4media GET >13g
4users/downloads GET >13g
2groups GET >13l POST >13i
3dynamicsettings/preview POST >um
3search GET >13p POST >13p
3{groupId} DELETE - GET >13i PUT >13i
4dynamicsettings DELETE - GET >uk PUT -
4greetings GET >13f POST >13d
5defaults GET >r8 PUT >r8
4individuals GET >28z
4members DELETE ~ GET >28z POST ~
4profile GET >13m
2guides GET >13v POST >13t
3jobs POST +>13u
4{jobId} GET >13u
3uploads POST >283
3{guideId} GET >13t PATCH >13t
4jobs DELETE +>13w
5{jobId} GET >13w
4sessions/{guideSessionId}/turns POST >13z
4versions POST >142
5{versionId} GET >142 PATCH >142
6jobs POST +>143
7{jobId} GET >143
2identityproviders GET >153 POST >p6
3adfs DELETE ~ GET >0 PUT >152
3cic DELETE ~ GET >pd PUT >152
3generic DELETE ~ GET >12g PUT >152
3gsuite DELETE ~ GET >126 PUT >152
3identitynow DELETE ~ GET >151 PUT >151
3okta DELETE ~ GET >1jh PUT >152
3onelogin DELETE ~ GET >1jk PUT >152
3ping DELETE ~ GET >1nf PUT >152
3purecloud DELETE ~ GET >1p5 PUT >152
3pureengage DELETE ~ GET >1p6 PUT >152
3salesforce DELETE ~ GET >1tu PUT >152
3{providerId} DELETE - GET >p6 PUT >p6
2infrastructureascode/accelerators GET >1
4{acceleratorId} GET >3
3jobs GET >15v POST +>15v
4{jobId} GET >15v
2integrations GET >16r POST >16o
3actions GET >d POST >5
4categories GET >he
4certificates GET >a
5truststore GET >26k
4drafts GET >d POST >5
4functions/runtimes GET *>11w
4{actionId} DELETE - GET >5 PATCH >5
5draft DELETE - GET >5 PATCH >5 POST >5
6function GET >11v PUT >11v
7upload POST >11x
6publish POST >5
6schemas/{fileName} GET >18o
6templates/{fileName} GET \$
6test POST >23g
6validation GET >uh
5execute POST ~
5function GET >11v
5schemas/{fileName} GET >18o
5templates/{fileName} GET \$
5test POST >23g
3botconnector/{integrationId}/bots GET >9o PUT -
6summaries GET >9g
6{botId} GET >9f
7versions GET >9i
3botconnectors/incoming/messages POST >15t
4outgoing/messages POST >1m7
4{integrationId}/bots GET >9p
6summaries GET >9t
6{botId} GET >9a
3clientapps GET >ia
3credentials GET >o9 POST >o7
4listing GET >o8.a
4types GET *>oc
4{credentialId} DELETE - GET >o5 PUT >o7
3speech/audioconnector GET >7c
5{integrationId} GET >7b
4dialogflow/agents GET >s7
6{agentId} GET >s5
4dialogflowcx/agents GET >sa
6{agentId} GET >s8
4lex/bot/alias/{aliasId} GET >1cw
6{botId}/aliases GET >1cx
5bots GET >1cy
4lexv2/bot/alias/{aliasId} GET >1d2
6{botId}/aliases GET >1d3
5bots GET >1d4
4nuance/{nuanceIntegrationId}/bots GET >1it
7jobs POST +>72
8{jobId} GET >72
9results GET >1it
7launch/settings PUT -
8validate POST -
7{botId} GET >1ir
8jobs POST +>72
9{jobId} GET >72
aresults GET >1ir
4stt/engines GET >20z
6{engineId} GET >20y
4tts/engines GET >26s
6{engineId} GET >26r
7voices GET >26v
8{voiceId} GET >26u
5settings GET >26t PUT >26t
3types GET >16v
4{typeId} GET >16u
5configschemas/{configType} GET >18o
3unifiedcommunications/clientapps GET >27n
5{ucIntegrationId} GET >27m
4{ucIntegrationId}/thirdpartypresences PUT \$
3userapps GET >28o
3webhooks/{tokenId}/events POST >2d0
3{integrationId} DELETE >16o GET >16o PATCH >16o
4config/current GET >16p PUT >16p
2intents/assignments/externalcontacts/{externalContactId} GET >p8
6customerintents/{customerIntentId}/assignment POST >p9
3categories GET >171 POST >170
4{categoryId} DELETE - GET >170 PATCH >170
3customerintents GET >pa POST >pc
4bulk/retrieve POST *>pc
4{customerIntentId} DELETE - GET >pc PATCH >pc
5sourceintents GET >pf
6bulk/add POST >do
7remove POST >do
3sourceintents GET >pf
2ipranges GET >17e
2journey/actionmaps GET >j POST >f
4estimates/jobs POST +>wo
6{jobId} GET \$
7results GET >i
4{actionMapId} DELETE - GET >f PATCH >f
3actiontargets GET >p
4{actionTargetId} GET >o PATCH >o
3actiontemplates GET >r POST >q
4{actionTemplateId} DELETE - GET >q PATCH >q
3deployments/{deploymentId}/actionevent POST -
5appevents POST >5t
5customers/{customerCookieId}/ping GET >rm
5webevents POST >2cr
3externalevents/configurations GET >yl POST >yk
5{configId} DELETE - GET >yk PATCH >yk
5{configurationId}/events POST >ym
4schemas GET >17t POST >17s
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} DELETE - GET >17s PUT >17s
6versions GET >17t
7{versionId} GET >17s
3flows/paths/query POST >112
3outcomes GET >1ly POST >1lq
4attributions/jobs POST +>1lt
6{jobId} GET >1lu
7results GET >1lv
4predictors GET >1m1 POST >1m0
5{predictorId} DELETE - GET >1m0
4{outcomeId} DELETE - GET >1lq PATCH >1lq
3segments GET >1wj POST >17y
4{segmentId} DELETE - GET >17y PATCH >17y
3sessions/{sessionId} GET >1x4
5events GET >xs.a
5outcomescores GET >1m6
3views GET >18e POST >17z
4data/details GET >pz
4encodings/validate POST >we
4eventdefinitions GET >17q
5external GET >12l
6changes GET >yi
5{eventDefinitionId} GET >17p PUT >27t
6activate PUT >s
4jobs GET >18c
5me GET >18c
4schedules GET >18k
4{viewId} DELETE - GET >17z
5schedules DELETE >18j GET >18j POST >18j PUT >18j
5versions POST >17z
6{journeyVersionId}/jobs POST +>18b
8latest GET >18b
8{jobId} GET >18b PATCH >18b
9results/charts/{chartId} GET >186
6{journeyViewVersion}/charts/{chartId} GET >180
9versions/{chartVersion} GET >180
7jobs/{jobId}/results GET >18f
6{versionId} GET >17z PUT >17z
2knowledge/connections GET >k7 POST >k6
4{connectionId} DELETE >ka GET >ka PATCH >ka
5options GET >k9.a
3documentuploads POST >283
3guest/sessions POST >1ad
5{sessionId}/categories GET >13r.a
6documents GET >1a4
7answers POST >1a1
7presentations POST -
7search POST >19d
8suggestions POST >1a5
8{searchId} PATCH -
7{documentId} GET >1a3
8copies POST -
8feedback POST >1a2
8views POST -
3integrations/{integrationId}/options GET >1an
3knowledgebases GET >193.a POST >192
4{knowledgeBaseId} DELETE >192 GET >192 PATCH >192
5categories GET >hh.a POST >hg
6{categoryId} DELETE >hg GET >hg PATCH >hg
5chunks/search POST >19a
7{searchId} PATCH -
5documents GET >19k.a POST >19j
6answers POST >18z
6bulk/remove POST >d8
7update POST >d8
6feedback GET >19c.a
6presentations POST -
6query POST >19f
6search POST >19l
7suggestions POST >19n
7{searchId} PATCH -
6versions/bulk/add POST >d8
6{documentId} DELETE - GET >19j PATCH >19j
7copies POST -
7feedback GET >19c.a POST >19b
8{feedbackId} GET >19b PATCH >19b
7variations GET >ti.a POST >th
8{documentVariationId} DELETE - GET >th PATCH >th
7versions GET >19r.a POST >19q
8{versionId} GET >19q
9variations GET >19u.a
a{variationId} GET >19t
7views POST -
5export/jobs POST +>19x
7{exportJobId} DELETE - GET >19x
5import/jobs POST +>1ai
7{importJobId} DELETE - GET >1ai PATCH >1ai
5labels GET >1b8.a POST >1b9
6{labelId} DELETE >1b9 GET >1b9 PATCH >1b9
5operations GET >1kh.a
6users/query GET >1kg
5parse/jobs POST +>1ar
7{parseJobId} GET >1ar PATCH -
8import POST -
5sources GET *>1zv
6salesforce POST >1b3
7{sourceId} DELETE - GET >1tw PUT >1tw
8sync POST >200
6servicenow POST >1b3
7{sourceId} DELETE - GET >1x3 PUT >1x3
8sync POST >200
5synchronize/jobs POST +>1b3
7{syncJobId} DELETE - GET >1b3 PATCH >1b3
5unanswered/groups GET >27e
7{groupId} GET >27c
8phrasegroups/{phraseGroupId} GET >27g PATCH >27h
5uploads/urls/jobs POST +>o3
8{jobId} GET >12s
3search POST >1b0
4preview POST >1aw
3settings GET >1ay.a POST >1az
4{knowledgeSettingId} DELETE - GET >1az PATCH >1az
3sources GET >2ax POST >2av
4synchronizations GET >2ba.a
4{sourceId} DELETE - GET >2ay PUT >2av
5synchronizations GET >2ba.a POST >2b7
6{synchronizationId} GET >2b7 PATCH >2b7
7deletions GET >2b9.a POST >2b8
8{fileId} DELETE - GET >2b8
7uploads GET >2be.a POST >2bg
8{fileId} DELETE - GET >2bd
2languages GET >1bc POST >1bb
3translations GET >8g
4builtin GET %~
4organization GET %~
4users/{userId} GET %~
3{languageId} DELETE - GET >1bb
2languageunderstanding/domains GET >1i6 POST >1i5
4{domainId} DELETE - GET >1i5 PATCH >1i5
5feedback GET >1ic POST >1id
6{feedbackId} DELETE - GET >1id
5versions GET >1i8 POST >1i7
6{domainVersionId} DELETE - GET >1i7 PUT >1i7
7detect POST >1i4
7publish POST >1i7
7report GET >1i9
7train POST >1ib
3ignorephrases/{languageCode} GET >15c POST >159
5remove POST -
3ignoretopics/{languageCode} GET >15d POST >15a
5remove POST -
3miners GET >1hc POST >1h9
4{minerId} DELETE - GET >1h9
5drafts GET >uf POST >ud
6{draftId} DELETE - GET >ud PATCH >ud
5execute POST >1h9
5intents GET >1h8
6{intentId} GET >1hb
5topics GET >1hf
6{topicId} GET >1hd
7phrases/{phraseId} GET >1he
5uploads POST >283
3settings GET >1if
2learning/assessments/scoring POST >6h
3assignments GET >1bz POST >1bl
4aggregates/query POST >1bo
4bulkadd POST >1bp
4bulkremove POST >1bq
4me GET >1bz
4{assignmentId} DELETE - GET >1bl PATCH >1bl
5reassign POST >1bl
5reschedule PATCH >1bl
5reset POST >1bl
5steps/{stepId} GET >1bu PATCH >1bu
3modules GET >1c6 POST >1c1
4assignments GET >6j
4coverart/{coverArtId} GET >1c3
4{moduleId} DELETE - GET >1c1 PUT >1c1
5jobs POST +>1c5
6{jobId} GET >1c5
5preview GET >1c8 PUT >1cb
5publish POST >1cf
5rule GET >1ch PUT >1ch
6migrate POST >1c7
5users/{userId}/assignments PATCH >1bl
5versions/{versionId} GET >1c1
3rules/query POST >1by
3scheduleslots/jobs POST +>1ck
5{jobId} GET >1ck
4query POST >1cn
3scorm POST >1cp
4{scormId} GET >1co
2license/definitions GET *>1db
4{licenseId} GET >1db
3infer POST *
4permissions POST *
3organization POST *>1dd
3toggles/{featureName} GET >1dc POST >1dc
3users GET >298 POST %~
4{userId} GET >1de
2locations GET >1eb POST >1e9
3search GET >1ed POST >1ed
3{locationId} DELETE - GET >1e9 PATCH >1e9
4sublocations GET >1eb
2messaging/settings GET >1gj POST >1gm
4default DELETE - GET >1gm PUT >1gm
4{messageSettingId} DELETE - GET >1gm PATCH >1gm
3supportedcontent GET >21x POST >21w
4{supportedContentId} DELETE - GET >21w PATCH >21w
2mobiledevices GET >sr POST >28x
3{deviceId} DELETE - GET >28x PUT >28x
2notifications/availabletopics GET >8f
3channels GET >hm POST >hl
4{channelId} HEAD -
5subscriptions DELETE - GET >ho POST >ho PUT >ho
2oauth/authorizations GET >1j7
4{clientId} GET >1j6
3clients GET >1j9 POST >1j8
4{clientId} DELETE - GET >1j8 PUT >1j8
5secret POST >1j8
5usage/query POST >287
7results/{executionId} GET >5q
6summary GET >287
3scopes GET >1jc
4{scopeId} GET >1jb
2organizations/authentication/settings GET >1kr PATCH >1kr
3embeddedintegration GET >vz PUT >vz
3features/{featureName} PATCH >1kx
3ipaddressauthentication GET >17c PUT >17c
3limits/changerequests GET >1dh.a
5{requestId} GET >1dg
4docs GET >1dj
5freetrial GET >11q
4namespaces GET ~
5{namespaceName} GET >1dk
6defaults GET >1dk
3me GET >1kv PUT >1kv
3whitelist GET >1ku PUT >1ku
2orgauthorization/pairings POST >26f
4{pairingId} GET >26f
3trustees DELETE - GET >26c POST >26l
4audits POST ~
4care GET >26o POST >26c
4default GET >26l POST >26l
4{trusteeOrgId} DELETE - GET >26l PUT >26l
5clonedusers GET >if
6{trusteeUserId} DELETE -
5groups GET >26e POST >26d
6{trusteeGroupId} DELETE - GET >26d
7roledivisions PUT >28q
7roles DELETE - GET >28q PUT >28q
5users GET >26i POST >26g
6{trusteeUserId} DELETE - GET >26g
7roledivisions PUT >28q
7roles DELETE - GET >28q PUT >28q
3trustor/audits POST ~
3trustors DELETE - GET >26q
4{trustorOrgId} DELETE - GET >26p
5clonedusers GET >if
6{trusteeUserId} DELETE - GET >ie PUT >ie
5groups GET >26e
6{trustorGroupId} DELETE - GET >26d PUT >26d
5users GET >26i
6{trusteeUserId} DELETE - GET >26g PUT >26g
2orphanrecordings GET >1le
3{orphanId} DELETE >1ld GET >1ld PUT >1qp
4media GET >1qp
2outbound/attemptlimits GET >77 POST >76
4{attemptLimitsId} DELETE - GET >76 PUT >76
3callabletimesets GET >ev POST >eu
4{callableTimeSetId} DELETE - GET >eu PUT >eu
3callanalysisresponsesets GET >1su POST >1st
4{callAnalysisSetId} DELETE - GET >1st PUT >1st
3campaignrules GET >g0 POST >fr
4{campaignRuleId} DELETE - GET >fr PUT >fr
3campaigns GET >ff POST >f5
4all GET >ji
5divisionviews GET >jh
4divisionviews GET >fe
5{campaignId} GET >fd
4performance/query POST >fo
4progress POST *>fq
4{campaignId} DELETE >f5 GET >f5 PATCH - PUT >f5
5agentownedmappingpreview POST ~
6results GET >2x
5agents/{userId} PUT \$
5callback/schedule POST >ki
5diagnostics GET >fc
5interactions GET >fh
5linedistribution GET >fk
5progress DELETE - GET >fq
5skillcombinations GET >1mf
5start POST -
5stats GET >g9
5stop POST -
3contactlistfilters GET >l0 POST >ky
4bulk/retrieve POST >l0
4preview POST >zx
4{contactListFilterId} DELETE - GET >ky PUT >ky
3contactlists DELETE - GET >kx POST >ku
4bulk/update POST >l6
4divisionviews GET >kw
5{contactListId} GET >kv
4uploads POST >283
4{contactListId} DELETE - GET >ku PUT >ku
5clear POST -
5contacts DELETE - POST *>s0
6bulk POST *>s0
7jobs GET >lb
8{jobId} GET >la
7remove POST >la
7update POST >la
6search POST >l5
6{contactId} DELETE - GET >s0 PUT >s0
5export GET >y5 POST >tw
5importstatus GET >15l
5timezonemappingpreview GET >24v
3contactlisttemplates DELETE - GET >l3 POST >l2
4bulk/add POST >l3
5retrieve POST >l3
4{contactListTemplateId} DELETE - GET >l2 PUT >l2
3conversations/{conversationId}/dnc POST -
3diagnostics/campaigns/{campaignId}/summary GET >fa
3digitalrulesets GET >so POST >sn
4{digitalRuleSetId} DELETE - GET >sn PUT >sn
3dnclists GET >t4 POST >t1
4divisionviews GET >t3
5{dncListId} GET >t2
4uploads POST >283
4{dncListId} DELETE - GET >t1 PUT >t1
5customexclusioncolumns DELETE - PATCH -
5emailaddresses DELETE - PATCH - POST -
5export GET >y5 POST >tw
5importstatus GET >15l
5phonenumbers DELETE - PATCH - POST -
5whatsappnumbers DELETE - PATCH -
3events GET >s2
4{eventId} GET >xt
3filespecificationtemplates GET >zv POST >zu
4bulk DELETE -
4{fileSpecificationTemplateId} DELETE - GET >zu PUT >zu
3importtemplates DELETE - GET >15n POST >15m
4bulk/add POST >15n
4{importTemplateId} DELETE - GET >15m PUT >15m
5importstatus GET >15l
3messagingcampaigns GET >1gf POST >1gb
4divisionviews GET >1ge
5{messagingCampaignId} GET >1gd
4progress POST *>fq
4{messagingCampaignId} DELETE >1gb GET >1gb PUT >1gb
5diagnostics GET >1gc
5progress DELETE - GET >fq
5start POST -
5stop POST -
3rulesets GET >1tr POST >1tp
4{ruleSetId} DELETE - GET >1tp PUT >1tp
3schedules/campaigns GET *>g5
5{campaignId} DELETE - GET >g5 PUT >g5
4emailcampaigns GET >vf
5{emailCampaignId} DELETE - GET >ve PUT >ve
4messagingcampaigns GET >1gh
5{messagingCampaignId} DELETE - GET >1gg PUT >1gg
4sequences GET *>1wv
5{sequenceId} DELETE - GET >1wv PUT >1wv
4whatsappcampaigns GET >2e3
5{whatsAppCampaignId} DELETE - GET >2e2 PUT >2e2
3sequences GET >g7 POST >g6
4{sequenceId} DELETE - GET >g6 PUT >g6
3settings GET >1lp PATCH -
3wrapupcodemappings GET >2gu PUT >2gu
2presence/definitions GET >1l2 POST >1l1
4{definitionId} DELETE - GET >1l1 PUT >1l1
3settings GET >1ok PUT >1ok
3sources GET >1zx POST >1zu
4{sourceId} DELETE - GET >1zu PUT >1zu
3users/{userId}/primarysource GET >29f PUT >29f
2presencedefinitions GET >1l3 POST >1l0
3{presenceId} DELETE - GET >1l0 PUT >1l0
2processautomation/scheduledtriggers GET >1uk.a POST >1uj
4{scheduledTriggerId} DELETE - GET >1uj PUT >1uj
3triggers GET >25s.a POST >25r
4topics GET >24z.a
5{topicName}/test POST >23k
4{triggerId} DELETE - GET >25r PUT >25r
5test POST >23l
2profiles/groups GET >13n
3users GET >29h
2quality/agents/activity GET >23
3calibrations GET >ed POST >eb
4{calibrationId} DELETE >eb GET >eb PUT >eb
3conversations/audits/query POST >1pa
6{transactionId} GET >1pa
7results GET >1p9.c
4{conversationId}/evaluations POST >ws
6{evaluationId} DELETE >x9 GET >x9 PUT >x9
5surveys GET *>224
3evaluations/aggregates/query/me POST >wu
4query GET >wx
4scoring POST >xa
4search POST >xe
3evaluators/activity GET >xk
3forms GET >x2 POST >x1
4evaluations GET >x2 POST >x1
5bulk GET >x2
6contexts GET *>x1
5{formId} DELETE - GET >x1 PUT >x1
6aiscoring/settings PUT >4d
6versions GET >x2
4surveys GET >22d POST >22a
5bulk GET >22d
6contexts GET *>22a
5{formId} DELETE - GET >22a PATCH >22a PUT >22a
6versions GET >22d
4{formId} DELETE - GET >x1 PUT >x1
5versions GET >x2
3programs/{programId}/agentscoringrules GET >3c POST >3b
6{ruleId} DELETE - GET >3b PUT >3b
3publishedforms GET >x2 POST >x1
4evaluations GET >x2 POST >x1
5divisionviews GET >x0
6{evaluationFormId} GET >wz
5{formId} GET >x1
4surveys GET >22d POST >22a
5divisionviews GET >22c
6{surveyFormId} GET >22b
5{formId} GET >22a
4{formId} GET >x1
3surveys POST >o2
4scorable GET >1vm PUT >1vm
4scoring POST >22i
4{surveyId} GET >224
2recording/batchrequests POST >8l
4{jobId} GET >8k
3crossplatform/mediaretentionpolicies DELETE - GET >1nv POST >oj
5{policyId} DELETE - GET >oj PATCH >oj PUT >oj
3jobs GET >1qw POST +>1qv
4{jobId} DELETE - GET >1qv PUT >1qv
5failedrecordings GET >zg
3keyconfigurations GET >1qt POST >1qs
4validate POST >1qs
4{keyConfigurationId} GET >1qs PUT >1qs
3localkeys POST >w8
3mediaretentionpolicies DELETE - GET >1nv POST >1np
4{policyId} DELETE - GET >1np PATCH >1np PUT >1np
3recordingkeys GET >w9 POST >w8
4rotationschedule GET >18t PUT >18t
3settings GET >1r7 PUT >1r7
3uploads/reports POST >1r8
5{reportId} GET >1r8
2recordings/deletionprotection POST *>1k PUT >1es
3retention/query GET >1r5.c
3screensessions/acknowledge POST -
4details GET >1vv
4metadata POST -
2responsemanagement/libraries GET >1da POST >1d7
4bulk POST >1da
4divisionviews GET >1d9
5{libraryId} GET >1d8
4query POST >1da
4{libraryId} DELETE - GET >1d7 PUT >1d7
3responseassets/bulk POST >1sj
4search POST >1sk
4status/{statusId} GET >1sl
4uploads POST >nz
4{responseAssetId} DELETE - GET >1si PUT >1si
3responses GET >1sq POST >1sh
4divisionviews/query POST >1so
5{responseId} GET >1sn
4query POST >1ss
4{responseId} DELETE - GET >1sh PUT >1sh
2routing/assessments GET >6e.a POST >8o
4jobs GET >6d POST +>8p
5{jobId} GET >8p
4{assessmentId} DELETE - GET >8o
3availablemediatypes GET >8a
3conversations/{conversationId} PATCH >1th
3directroutingbackup/settings/me DELETE - GET >2l PUT >2l
3email/domains GET >15q POST >15p
5{domainId} DELETE - GET >15p PATCH >15p
6dkim GET >2bs POST >2bs
6mailfrom GET >1er POST >1er
6testconnection POST >23j
6validate PATCH >15p
6verification GET >2bs POST >2bs
5{domainName}/routes GET >15s POST >15r
7{routeId} DELETE - GET >15r PUT >15r
8identityresolution GET >1tb PUT >1tb
4outbound/domains GET >1li POST >vs
6simulated POST >vs
6{domainId} DELETE - GET >1lh PATCH >1lh
7activation GET >vs PUT >vs
7testconnection POST >23j
4setting GET >vu POST >vt
5{emailSettingId} DELETE - GET >vt PATCH >vt
4setup GET >vw
3languages GET >1bc POST >1bb
4{languageId} DELETE - GET >1bb
3message/recipients GET >1qj
5{recipientId} GET >1qi PUT >1qi
3predictors GET >1o6.a POST >1o5
4keyperformanceindicators GET *>18q POST >18q
5{kpiId} DELETE - GET >18q PATCH >18q
4keyperformanceindicatortypes GET *>18s
4{predictorId} DELETE - GET >1o5 PATCH >1o5
5models GET >1oc
6{modelId}/features GET >1oa
3queues GET >1q0 POST >1py
4divisionviews GET >1q0
5all GET >1q0
4me GET >29k
4{queueId} DELETE - GET >1py PUT >1py
5assistant GET >6t
5comparisonperiods GET >jq
6{comparisonPeriodId} GET >jp
5estimatedwaittime GET >wp
5identityresolution GET >156 PUT >156
5mediatypes/{mediaType}/estimatedwaittime GET >wp
5members GET >1q3 PATCH +>1q3 POST -
6{memberId} DELETE - PATCH -
5users GET >1q4 PATCH >1q4 POST -
6{memberId} DELETE - PATCH -
5wrapupcodes GET >2gx POST *>2gw
6{codeId} DELETE -
3settings DELETE - GET >1tj PUT >1tj
4contactcenter GET >kj PATCH -
4transcription GET >25i PATCH >25i PUT >25i
3skillexpressions DELETE - GET >1yq
4queue/{queueId} GET >1yq
4validate POST >1ys
4{expressionId} DELETE - GET >1yp
3skillgroups GET >1yw.a POST >1z1
4{skillGroupId} DELETE - GET >1yt PATCH >1yt
5members GET >1yz.a
6divisions GET >1yy POST -
3skills GET >1yo POST >1tk
4{skillId} DELETE - GET >1tk PATCH >1tk
3sms/addresses GET >1z4 POST >1z3
5{addressId} DELETE - GET >1z3
4availablephonenumbers GET >1tt
4identityresolution/phonenumbers/{addressId} GET >1z7 PUT >1z7
4phonenumbers GET >1z9 POST >1z8
5alphanumeric POST >1z8
5import POST >1z8
5{phoneNumberId} DELETE - GET >1z8 PATCH >1z8
3users/{userId}/directroutingbackup/settings DELETE - GET >2l PUT >2l
5utilization DELETE - GET >2s PUT >2s
3utilization DELETE - GET >2ar PUT >2ar
4labels GET >2aq POST >2ap
5{labelId} DELETE - GET >2ap PUT >2ap
6agents GET *~
3wrapupcodes GET >2gx POST >2gw
4divisionviews GET >2gx
5{codeId} GET >2gw
4{codeId} DELETE - GET >2gw PUT >2gw
2scim/groups GET >1v1
4{groupId} GET >1vf PATCH >1vf PUT >1vf
3resourcetypes GET >1uy
4{resourceType} GET >1uw
3schemas GET >1vk
4{schemaId} GET >1vj
3serviceproviderconfig GET >1v4
3users GET >1va POST >1vl
4{userId} DELETE ~ GET >1vl PATCH >1vl PUT >1vl
3v2/groups GET >1v1
5{groupId} GET >1vf PATCH >1vf PUT >1vf
4resourcetypes GET >1uy
5{resourceType} GET >1uw
4schemas GET >1vk
5{schemaId} GET >1vj
4serviceproviderconfig GET >1v4
4users GET >1va POST >1vl
5{userId} DELETE ~ GET >1vl PATCH >1vl PUT >1vl
2screenmonitors/sessions/details GET >1vq
4users/details POST >1vu
3settings GET >1vo PUT -
3users/{userId}/sessions GET >1vs
2screenrecording/token POST >1yc
2scripts GET >1vy
3divisionviews GET >1vy
3published GET >1vy POST >1vx
4divisionviews GET >1vy
5{scriptId}/variables GET ~
4{scriptId} GET >1vx
5pages GET *>1me
6{pageId} GET >1me
5variables GET ~
3uploads/{uploadId}/status GET >15k
3{scriptId} GET >1vx
4export POST >y4
4pages GET *>1me
5{pageId} GET >1me
2search GET >18n POST >18n
3suggest GET >18n POST >18n
2settings/executiondata GET >y0 PATCH >y0
2socialmedia/analytics/aggregates/jobs POST +>73
6{jobId} GET >74
7results GET >1zk.c
4messages/jobs POST +>73
6{jobId} GET >74
7results GET >1zl.c
3escalationrules GET >1zf POST >wj
4{escalationRuleId} DELETE - GET >wj PUT >wj
3escalations/messages POST >1f0
3messages/{messageId} DELETE -
3topics GET >1zt POST >1zr
4{topicId} DELETE - GET >1zs PATCH >1zr
5dataingestionrules GET >12f
6facebook POST >z2
7{facebookIngestionRuleId} DELETE - GET >z2 PATCH >z2 PUT >z2
8versions GET >z4
9{dataIngestionRuleVersion} GET >z3
6googlebusinessprofile POST >12y
7{googleBusinessProfileIngestionRuleId} DELETE - GET >12y PATCH >12y PUT >12y
8versions GET >130
9{dataIngestionRuleVersion} GET >12z
6instagram POST >16e
7{instagramIngestionRuleId} DELETE - GET >16e PATCH >16e PUT >16e
8versions GET >16g
9{dataIngestionRuleVersion} GET >16f
6open POST >1jo
7{openId} DELETE - GET >1jo PATCH >1jo PUT >1jo
8versions GET >1jq
9{dataIngestionRuleVersion} GET >1jp
7{ruleId}/messages/bulk POST >1ka
8reactions/bulk POST >1kb
6twitter POST >26y
7{twitterIngestionRuleId} DELETE - GET >26y PATCH >26y PUT >26y
8versions GET >270
9{dataIngestionRuleVersion} GET >26z
3twitter/historical/tweets POST >26x
2speechandtextanalytics/categories GET >hc POST >205
4{categoryId} DELETE - GET >205 PUT >205
3conversations/{conversationId} GET >n3
5categories GET >mj
5communications/{communicationId}/transcripturl GET >25f
7transcripturls GET >25g
5sentiments GET >1wq
5summaries GET >202
3dictionaryfeedback GET >sh.x POST >sg
4{dictionaryFeedbackId} DELETE - GET >sg PUT >sg
3programs GET >1ou.x POST >1on
4general/jobs POST +>12a
6{jobId} GET >12a
4mappings GET >255.x
4publishjobs POST >1oq
5{jobId} GET >1oq
4settings/insights GET >1op
4topiclinks/jobs/{jobId} GET >1or
4transcriptionengines/dialects GET >21z
4unpublished GET >27s.x
4{programId} DELETE >rb GET >1on PUT >1on
5mappings GET >254 PUT >254
5settings/insights GET >1oo PUT >1oo
5transcriptionengines GET >1ot PUT >1ot
3reprocessing/jobs GET >1s5 POST +>1s6
5{jobId} DELETE - GET >1s6
6interactions GET >1s4
3sentiment/dialects GET >we
3sentimentfeedback DELETE - GET >1ws POST >1wr
4{sentimentFeedbackId} DELETE -
3settings GET >203 PATCH >203 PUT >203
3topics GET >256 POST >24y
4dialects GET >we
4general GET >12c
5status GET >27p
4generatedphrases/jobs POST +>129
6{jobId} GET >128
4publishjobs POST >251
5{jobId} GET >251
4testphrase/jobs POST +>23q
6{jobId} GET >23p
4{topicId} DELETE - GET >24y PUT >24y
3transcripts/search POST >18p
3translations/languages GET >25q
5{languageId}/conversations/{conversationId} GET >jo
2stations GET >20n
3{stationId} GET >20m
4associateduser DELETE -
2systempresences GET *>22j
2taskmanagement/workbins POST >2ey
4query POST >2f1
4{workbinId} DELETE - GET >2ey PATCH >2ey
5history GET >2ez.a
5versions GET >2f4.a
6{entityVersion} GET >2f3
3workitems POST >2fe
4bulk/add/jobs POST +>cn
7{bulkJobId} DELETE - GET >cn PATCH >cn
8results GET >co
5jobs/users/me GET >cv.a
5terminate/jobs POST +>cn
7{bulkJobId} DELETE - GET >cn PATCH >cn
8results GET >cu
4query POST >2ft
5jobs POST +>2fv
6{jobId} GET >2fv
7results GET >2fs
4schemas GET >q1 POST >q0
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} DELETE - GET >q0 PUT >q0
6versions GET >q1
7{versionId} GET >q0
4{workitemId} DELETE - GET >2fe PATCH >2fe
5acd/cancel POST >2fe
5assignment PATCH -
5disconnect POST >2fe
5history GET >2fg.a
5terminate POST >2fe
5users/me/wrapups PATCH -
6{userId}/wrapups GET >2gd.a PATCH -
5versions GET >2gb.a
6{entityVersion} GET >2ga
5wrapups GET >2gd.a
3worktypes POST >2gm
4query POST >2gp
4{worktypeId} DELETE - GET >2gm PATCH >2gm
5flows/datebased/rules GET >2fj.a POST >2fi
8{ruleId} DELETE - GET >2fi PATCH >2fi
6onattributechange/rules GET >2fp.a POST >2fo
8{ruleId} DELETE - GET >2fo PATCH >2fo
6oncreate/rules GET >2fr.a POST >2fq
8{ruleId} DELETE - GET >2fq PATCH >2fq
5history GET >2gn.a
5statuses GET >2g7 POST >2g5
6{statusId} DELETE - GET >2g5 PATCH >2g5
5versions GET >2gs.a
6{entityVersion} GET >2gr
2teams GET >237.a POST >231
3search POST >23b
3{teamId} DELETE - GET >231 PATCH >231
4members DELETE - GET >239.a POST >238
2telephony/agents/greetings/me GET >1wo PUT >1wo
4{agentId}/greetings GET >2o PUT >2o
3calls/metrics GET >1kw
3mediaregions GET >1fd
3numbers/routing GET >1j2.a POST -
5all POST -
5reset POST -
3organization/link GET *>1kz POST >1ky
5approve/{requestingOrganizationId} PATCH -
5regions GET *>1rd
5{targetOrganizationId} DELETE -
3prefixes GET >1og.a
4bulk POST >d3
4simulate/call GET >ep
3providers/edges GET >ur POST >up
5addressvalidation POST >2bh
5alertablepresences DELETE - GET >4j PUT -
5certificateauthorities GET >hj POST >tm
6{certificateId} DELETE - GET >tm PUT >tm
5didpools GET >pl POST >pk
6dids GET >pj
6{didPoolId} DELETE - GET >pk PUT >pk
5dids GET >ph
6{didId} GET >pg
5edgegroups GET >ut POST >us
6{edgeGroupId} DELETE - GET >us PUT >us
6{edgegroupId}/edgetrunkbases/{edgetrunkbaseId} GET >v7 PUT >v7
5edgeversionreport GET >v9
5expired GET >y3
5extensionpools GET >yb POST >y8
6divisionviews GET >ya
6{extensionPoolId} DELETE - GET >y8 PUT >y8
5extensions GET >y7
6{extensionId} GET >y6
5linebasesettings GET >1dn
6{lineBaseId} GET >1dm
5lines GET >1do
6template GET >1dl
6{lineId} GET >1dl
5logicalinterfaces GET >1el
5mediastatistics/conversations/{conversationId} GET >1fj
8communications/{communicationId} GET >1fh
5metrics GET *>uy
5outboundroutes GET >1lo
5phonebasesettings GET >1n3 POST >1n2
6availablemetabases GET >1n8
6template GET >1n2
6{phoneBaseId} DELETE - GET >1n2 PUT >1n2
5phones GET >1n7 POST >1n1
6reboot POST -
6template GET >1n1
6{phoneId} DELETE - GET >1n1 PUT >1n1
7reboot POST -
5physicalinterfaces GET >1ne
5sites GET >1yl POST >1yi
6search GET >1ym POST >1ym
6{siteId} DELETE - GET >1yi PUT >1yi
7numberplans GET *>1j1 PUT *>1j1
8classifications GET *
8{numberPlanId} GET >1j1
7outboundroutes GET >1ln POST >1lm
8{outboundRouteId} DELETE - GET >1lm PUT >1lm
7siteconnections GET >1yk PATCH >1yk PUT >1yk
5timezones GET >24u
5trunkbasesettings GET >25y POST >25w
6availablemetabases GET >264
6search POST >25z
6site/{siteId} GET >25y
6template GET >25w
6{trunkBaseSettingsId} DELETE - GET >25w PUT >25w
5trunks GET >261
6metrics GET *>265
6search POST >263
6{trunkId} GET >25v
7metrics GET >265
5trunkswithrecording GET >26b
5{edgeId} DELETE - GET >up PUT >up
6diagnostic/nslookup GET >v5 POST >v4
7ping GET >v5 POST >v4
7route GET >v5 POST >v4
7tracepath GET >v5 POST >v4
6logicalinterfaces GET >1el POST >tx
7{interfaceId} DELETE - GET >tx PUT >tx
6logs/jobs POST +>ux
8{jobId} GET >uv
9upload POST -
6metrics GET >uy
6offlineconfiguration POST >v6
6physicalinterfaces GET >1ne
7{interfaceId} GET >u8
6reboot POST \$
6setuppackage GET >2c0
6softwareupdate DELETE - GET >tn POST >tn
6softwareversions GET >tp
6statuscode POST \$
6trunks GET >261
6unpair POST \$
3settings GET >23c PUT >23c
3sipmessages/conversations/{conversationId} GET >f4
6headers GET >f3
3siptraces GET >1yh
4download POST >1yg
5{downloadId} GET >1yd
2textbots/botflows/sessions POST >23t
5{sessionId}/turns POST >23w
3bots/execute POST >1o3
4search GET >9r
2timezones GET >24u
2tokens/me DELETE - GET >24w HEAD -
3timeout GET >158 PUT >158
3{userId} DELETE -
2uploads/learning/coverart POST >283
3publicassets/images POST >283
3recordings POST >283
3workforcemanagement/historicaldata/csv POST >283
2usage/aggregates/query/jobs POST +>1l8
6{jobId} GET >1l6.a
3client/{clientId}/aggregates/query/jobs POST +>id
8{jobId} GET >ic.a
3events/aggregates/query POST >xm
4definitions GET >xq
5{eventDefinitionId} GET >xo
4query POST >xv.a
3query POST >287
4{executionId}/results GET >5q
3simplesearch POST >287
4{executionId}/results GET >5q.a
2userrecordings GET >29m
3summary GET >zp
3{recordingId} DELETE - GET >29l PUT >29l
4transcoding GET >uc
2users GET >28z POST >289
3agentui/agents/autoanswer/{agentId}/settings DELETE - GET >84 PATCH >84 PUT >84
3bulk PATCH >28z
3chats/me GET >ht.a
3customattributes/schemas GET >q1 POST >q0
5coretypes GET >nu
6{coreTypeName} GET >nt
5limits GET >1uv
5{schemaId} DELETE - GET >q0 PUT >q0
6versions GET >q1
7{versionId} GET >q0
3development/activities GET >rw
5aggregates/query POST >rv
5me GET >rw
5{activityId} GET >rs
3externalid/{authorityName}/{externalKey} GET >289
3me GET >299
4password POST -
4verifiers GET >2bu
5totp POST >o4
6{verifierId} POST -
5webauthn/register POST >2bt
7options POST >8n
5{verifierId} DELETE - PUT >2bt
3presences/bulk PUT *>29e
4purecloud/bulk GET *>27b
4{sourceId}/bulk GET *>27b
3query GET >28v.c
3rules GET >2al POST >2ak
4query POST >2aj
4settings/{ruleType} GET >2an
4{ruleId} DELETE - GET >2ak PATCH >2ak
5dependents GET >2ad
6{ruleType}/{typeId} GET >2ac
3search GET >2ao POST >2ao
4conversation/target POST >2ao
4queuemembers/manage POST >2ao
4teams/assign POST >2ao
3stations/me GET >2a7
5associatedstation DELETE -
6{stationId} PUT -
3{subjectId}/roles GET >28q PUT >28q
3{userId} DELETE ~ GET >289 PATCH >289
4adjacents GET >1v
4callforwarding GET >eh PATCH >eh PUT >eh
4customattributes PATCH >28w PUT >28w
5bulk GET *~ PATCH >28w
5{schemaId} DELETE - GET >28w
4directreports GET *>289
4externalid GET *>291 POST *>291
5{authorityName} GET >291
6{externalKey} DELETE -
4favorites GET >28z
4geolocations/{clientId} GET >12h PATCH >12h
4greetings GET >tr POST >13d
5defaults GET >r8 PUT >r8
4invite POST -
4outofoffice GET >1lg PUT >1lg
4password POST -
4presences/purecloud GET >29e PATCH >29e
5{sourceId} GET >29e PATCH >29e
4profile GET >29g
4profileskills GET * PUT *
4queues GET >29k PATCH +>29k
5{queueId} PATCH >29j
4routinglanguages GET >296 POST >29q
5bulk PATCH >296
5{languageId} DELETE - PATCH >29q
4routingskills GET >2a1 POST >29r
5bulk PATCH >2a1 PUT >2a1
5{skillId} DELETE - PUT >29r
4routingstatus GET >1tm PUT >1tm
4screenmonitors/sessions POST >20l
6{screenMonitoringId} DELETE - GET >1vr
4skillgroups GET >2a2.a
4state GET >2a5 PUT >2a5
4station GET >2a7
5associatedstation DELETE -
6{stationId} PUT -
5defaultstation DELETE -
6{stationId} PUT -
4superiors GET *>289
4trustors GET >26q
4verifiers GET >2bu
5{verifierId} DELETE - PUT >2bt
2voicemail/groups/{groupId}/mailbox GET >2c4
5messages GET >2c7
5policy GET >2c3 PATCH >2c3
3mailbox GET >2c4
3me/mailbox GET >2c4
4messages GET >2c7
4policy GET >2ca PATCH >2ca
3messages DELETE - GET >2c7 POST >2c6
4{messageId} DELETE - GET >2c6 PATCH >2c6 PUT >2c6
5media GET >2c5
3policy GET >2c8 PUT >2c8
3queues/{queueId}/messages GET >2c7
3search GET >2cb POST >2cb
3userpolicies/{userId} GET >2ca PATCH >2ca PUT >2ca
3users/{userId}/mailbox GET >2c4
5messages GET >2c7
2webdeployments/configurations GET >2ci.a POST >2ch
4{configurationId} DELETE -
5versions GET >2ci.a
6draft GET >2ch PUT >2ch
7publish POST >2ch
6{versionId} GET >2ch
3deployments GET >y2.a POST >2cf
4{deploymentId} DELETE - GET >2cf PUT >2cf
5cobrowse/{sessionId} DELETE ~ GET >j5
5configurations GET >2cg
5identityresolution GET >rl PUT >rl
3token/oauthcodegrantjwtexchange POST >2cn
4refresh POST >1yc
4revoke DELETE -
2webmessaging/deployments/{deploymentId}/pushdevices/{tokenId} DELETE - PATCH - POST -
3messages GET >2cx
2workforcemanagement/adherence GET *>29t
4explanations POST >1m
5jobs/{jobId} GET >1n
5query POST +>1pd
5{explanationId} GET >1t
4historical/bulk POST >2di
6jobs/{jobId} GET >2di
5jobs/{jobId} GET >2dl
3agents POST >1hl
4integrations/hris/query POST >42
4me/adherence/historical/jobs POST +>2dc
8{jobId} GET >2dc
5managementunit GET >2r
5possibleworkshifts POST >2z
4opportunities/enrollments/bulk/add POST >29
7statuses/update POST >2a
5query POST >32
4{agentId}/adherence/explanations POST >1m
7query POST +>30
7{explanationId} GET >1t PATCH >1m
5integrations/hris PUT >2q
5managementunit GET >2r
5schedulingpreferences/query POST >3a
5unavailabletimes/query POST >27j
3agentschedules/managementunits/mine POST +>2t
4mine POST >al
3alternativeshifts/offers/jobs POST +>4o
6{jobId} GET >4s
5search/jobs POST +>4o
7{jobId} GET >4s
4settings GET >4p
4trades GET >1dt POST >4y
5jobs/{jobId} GET >4s
5state/jobs PATCH +>4o
7{jobId} GET >4s
5{tradeId} GET >4y PATCH >4y
3businessunits GET >e2 POST >e4
4divisionviews GET >e2
4{businessUnitId} DELETE - GET >e4 PATCH >e4
5activitycodes GET >e0 POST >dz
6bulk PATCH >dp
6{activityCodeId} DELETE - GET >dz PATCH >dz
5activityplans GET >17 POST >1b
6jobs GET >14
6{activityPlanId} GET >1b PATCH >1b
7runs/jobs POST +>1c
9{jobId} GET >15
5adherence/explanations/query POST +>b9
5agentschedules/search POST +>ae
5alternativeshifts/settings GET >4p PATCH >4p
6trades/search POST +>b5
8jobs/{jobId} GET >ac
7{tradeId} GET >4y
5capacityplanning/longtermrequirements/automaticbestmethod/weeks/{weekDateId}/forecasts/{forecastId} GET >1eq
cforceregenerate POST >1eq
5capacityplans GET >gp POST >gj
6bulk/remove POST -
6{capacityPlanId} GET >gj PATCH >gj
7copy POST >gj
7forecast GET >gc
7requirement/generate POST >gn
7staffinggroupallocations GET >gk POST >gm
7staffinggroupallocationshistory DELETE -
8query POST >gl
7staffingrequirements GET >gn
5decisionmetrics/jobs/{jobId} GET >qf
6update POST >qf
7uploadurl POST >qh
5intraday POST +>71
6planninggroups GET >2dr
5mainforecast/continuousforecast/session GET >m5
8export/forecast/jobs POST +>46
b{jobId} GET >47
9historical/jobs POST +>44
b{jobId} GET >45
9snapshot/jobs POST +>48
b{jobId} GET >49
8{sessionId} GET >m6
9snapshot/{snapshotId} GET >m7
5managementunits GET >1ev
5minimumstaffing/settings GET >1hg PATCH >1hg
5opportunities/bulk/add POST >c4
7publish POST >d4
7remove POST >d6
7statuses/update POST >d0
6enrollments/bulk/statuses/update POST >dr
7query POST >1po
6externalactivities/query POST >1pj
6query POST >1pm
6{opportunityId} GET >1kp PATCH >1ko
5planninggroups GET >1nh POST >1ng
6{planningGroupId} DELETE - GET >1ng PATCH >1ng
5schedulebids GET >1u5 POST >1tz
6effectiveschedulesets POST >41
6{bidId} DELETE - GET >1tz PATCH >1tz
7copy POST >1tz
7groups POST >1u2
8summary GET >1u4
8{bidGroupId} DELETE - GET >1u2 PATCH >1u2
9preferences GET >1x PATCH >1x
5scheduler/settings GET >bj PATCH >bj
5scheduling/runs GET >bi
7{runId} DELETE - GET >bh PATCH -
8result GET >bb
5schedulingpreferences/settings GET >e5 PATCH >e5
5servicegoaltemplates GET >1wz POST >1wx
6{serviceGoalTemplateId} DELETE - GET >1wx PATCH >1wx
5shifttrading/trades/evaluate/jobs POST +>1xn
9{jobId} GET >1xn
7query/jobs POST +>1xy
9{jobId} GET >1xy
7state/bulk/jobs POST +>1xm
a{jobId} GET >1xm
6unmatched/search/jobs POST +>1y3
9{jobId} GET >1y3
6weeks/summary/jobs POST +>1xz
9{jobId} GET >1xz
5staffinggroups GET >208 POST >20b
6planninggroups/query POST >1nm
6query POST >2a3
6{staffingGroupId} DELETE - GET >20b PATCH >20b
5timeofflimits GET >bs POST >bu
6values/query POST >by
6{timeOffLimitId} DELETE - GET >bu
7granularityconversion POST >ak
8jobs GET >ai
9{jobId} GET >ak
7values PUT >bu
8import POST >bu
9uploadurl POST >b2
8query POST >bx
5timeoffplans GET >bz POST >c0
6{timeOffPlanId} DELETE - GET >c0 PATCH >c0
5unavailabletimes/schedules/query POST >1pe
6settings/query POST >1pg
5users GET >c2
5weeks/{weekDateId}/shorttermforecasts GET >bo
8generate POST +>70
8import POST >15g
9uploadurl POST >15h
8{forecastId} DELETE - GET >bm
9copy POST +>70
9data GET >aq
9generationresults GET >an
9longtermforecastdata GET >1eo
9planninggroups GET >11h
9staffingrequirement GET >as
6{weekId}/schedules GET >bd POST >be
8generate POST >ag
8import POST >1ui
9uploadurl POST >15i
8{scheduleId} DELETE >af GET >be
9agentschedules/query POST +>ad
9copy POST >af
9generationresults GET >1ua
9headcountforecast GET >ax
9history/agents/{agentId} GET >a4
9performancepredictions GET >1mv
arecalculations POST >1mt
buploadurl POST >1mu
b{recalculationId} GET >1mt
9reschedule POST >ag
9update POST >af
auploadurl POST >27y
5workplanbids GET >2ej POST >2ee
6{bidId} DELETE - GET >2ee PATCH >2ee
7copy POST >2ee
7groups POST >2eg
8summary GET >2ei
8{bidGroupId} DELETE - GET >2eg PATCH >2eg
9preferences GET >20 PATCH >20
3calendar/data/ics GET \$
4url/ics DELETE - GET >ea POST >ea
3historicaldata/bulk/remove/jobs GET >14i POST +>14h
7{jobId} GET >14h
4importstatus GET >14l
5{jobId} GET >14k
4validate POST >2bq
3integrations/hris GET >2do
5timeofftypes/jobs/{jobId} GET >14u
5{hrisIntegrationId}/timeofftypes/jobs POST +>14v
3managementunits GET >1ev POST >1et
4divisionviews GET >1ev
4{managementUnitId} DELETE - GET >1et PATCH >1et
5activitycodes GET >w
5adherence GET >29u
5agents PATCH -
6workplans/bulk PATCH >27v
7query POST >43
6{agentId} GET >2da
7shifttrades GET >1xq
5agentschedules/search POST +>ae
5decisionmetrics GET >qd
5historicaladherencequery POST >2dl
5move POST >1hm
5schedules/search POST >29v
5shifttrades/matched GET >1xu
6users GET >2dx
5shrinkage/jobs POST +>2dn
5timeofflimits GET >24f POST >24e
6values/query POST >1pu
6{timeOffLimitId} DELETE - GET >24e PATCH >24e
7values PUT >24e
5timeoffplans GET >24l POST >24j
6{timeOffPlanId} DELETE - GET >24j PATCH >24j
5timeoffrequests POST >24n
6integrationstatus/query POST >2a9
6query POST >24p
6waitlistpositions/query POST >2cd
6{timeOffRequestId}/users/{userId}/integrationstatus PATCH >2a8
5unavailabletimes/settings PATCH >1eu
5users GET >2dx
6{userId}/timeoffbalance/jobs POST +>24b
7timeoffrequests GET >24n
8estimate POST >wn
8{timeOffRequestId} GET >24s PATCH >24s
9timeoffbalance/jobs POST +>24b
9timeofflimits GET >1pu
5weeks/{weekDateId}/shifttrades GET >2d7 POST >1y1
8search POST >1w2
8state/bulk POST +>ds
8{tradeId} PATCH >1y1
9match POST >1f7
6{weekId}/schedules GET >2d4
8{scheduleId} GET >2d6
5workplanrotations GET >2eu POST >2ew
6{workPlanRotationId} DELETE - GET >2ew PATCH >2ew
7copy POST >2ew
5workplans GET >2ep POST >2ec
6{workPlanId} DELETE - GET >2ec PATCH >2ec
7copy POST >2ec
7validate POST >2bk
3notifications GET >1ip
4update POST >27x
3schedulebids GET >37
4{bidId}/preference GET >36 PUT >36
5schedulesets GET >34
3schedules POST >29v
3schedulingjobs/{jobId} GET >1ut
3schedulingpreferences PATCH >3a
4query POST >3a
4settings GET >e5
3shifttrades GET >1xq
3shifttrading/trades/jobs POST +>1xl
6{jobId} GET >1xl
5mine/query/jobs POST +>1xx
8{jobId} GET >1xx
5{tradeId}/jobs POST +>1y6
7{jobId} GET >1y6
6match/jobs POST +>1xs
8{jobId} GET >1xs
6state/jobs POST +>1y7
8{jobId} GET >1y7
3shrinkage/jobs/{jobId} GET >2dn
3teams/{teamId}/adherence GET >29u
6historical POST >2dl
5shrinkage/jobs POST +>2dn
3timeoffbalance/jobs POST +>24b
5{jobId} GET >249
3timeofflimits/available/query POST >8d
3timeoffrequests GET >24n POST >24s
4estimate POST >wn
4integrationstatus/query POST >24d
4{timeOffRequestId} GET >24s PATCH >24s
5waitlistpositions GET >2cd
3unavailabletimes PATCH >27j
4query POST >27j
4settings GET >1eu
4validation/jobs POST +>2bi
6{jobId} GET >1pf
3users/activity POST >28e
4workplanbidranks/bulk PATCH >we
4{userId}/workplanbidranks GET >2el PATCH >2el
3workplanbids GET >3r
4{bidId}/preferences GET >3q PATCH >3q
5workplans GET >3s
`;
