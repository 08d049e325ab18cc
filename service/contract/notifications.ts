/**
 * The type of each notification that a teacher's browser can receive, with all its fields.
 *
 * @pageTitle Notifications
 * @packageDocumentation
 */

/** What a notification is about; screens filter by it. */
export type Category =
  | 'batch_progress'
  | 'processing_results'
  | 'file_operations'
  | 'class_management'
  | 'student_workflow'
  | 'system_alerts';

/** How soon a teacher should see a notification, most urgent first. */
export type Priority = 'critical' | 'immediate' | 'high' | 'standard' | 'low';

/** The fields that every notification's `data` holds beside its own. */
export interface NotificationCommon {
  /** What it is about; screens filter by it. */
  category: Category;
  /** How soon a teacher should see it, most urgent first. */
  priority: Priority;
  /** Whether the teacher has to do something. */
  action_required: boolean;
  /** By when, ISO 8601. `null` where there is no limit. */
  deadline: string | null;
  /** The batch of essays that it concerns. `null` where it concerns none. */
  batch_id: string | null;
  /** The class that it concerns. `null` where it concerns none. */
  class_id: string | null;
  /** Follows one request through every service of the platform. */
  correlation_id: string;
  /** When the sender made the notification, ISO 8601 in UTC. */
  timestamp: string;
}

/** A file of a batch has arrived whole and is stored. Sent for each file. */
export interface BatchFilesUploaded extends NotificationCommon {
  category: 'file_operations';
  priority: 'standard';
  action_required: false;
  batch_id: string;
  /** The id that the file got when it was uploaded. */
  file_upload_id: string;
  /** The name that the file had on the teacher's machine. */
  filename: string;
  /** A sentence for the teacher. */
  message: string;
  /** Sent only once the file is stored, so there is no other. */
  upload_status: 'completed';
}

/** A file was taken out of a batch. */
export interface BatchFileRemoved extends NotificationCommon {
  category: 'file_operations';
  priority: 'standard';
  action_required: false;
  batch_id: string;
  /** The id that the file got when it was uploaded. */
  file_upload_id: string;
  /** The name that the file had on the teacher's machine. */
  filename: string;
  /** A sentence for the teacher. */
  message: string;
}

/** A file of a batch cannot be used, and the teacher has to replace it. */
export interface BatchValidationFailed extends NotificationCommon {
  category: 'system_alerts';
  priority: 'immediate';
  action_required: true;
  batch_id: string;
  /** The id that the file got when it was uploaded. */
  file_upload_id: string;
  /** The name that the file had on the teacher's machine. */
  filename: string;
  /** An error code such as `FILE_CORRUPTED`, for the program. */
  validation_error: string;
  /** What is wrong with the file, in words. */
  error_message: string;
  /** A sentence for the teacher. */
  message: string;
}

/** A class was created. */
export interface ClassCreated extends NotificationCommon {
  category: 'class_management';
  priority: 'standard';
  action_required: false;
  class_id: string;
  /** What the school calls the class, such as `9B`. */
  class_designation: string;
  /** The courses that the class takes. */
  course_codes: string[];
  /** A sentence for the teacher. */
  message: string;
}

/** A student was added to a class. */
export interface StudentAddedToClass extends NotificationCommon {
  category: 'class_management';
  priority: 'low';
  action_required: false;
  class_id: string;
  /** The id of the student in the platform. */
  student_id: string;
  /** The student's name, for people. */
  student_name: string;
  /** What the school calls the class, such as `9B`. */
  class_designation: string;
  /** A sentence for the teacher. */
  message: string;
}

/** An essay that was matched to a student without the teacher's confirmation. */
export interface AutoConfirmedAssociation {
  /** The essay. */
  essay_id: string;
  /** The student who is taken for its author. */
  student_name: string;
  /**
   * How sure the match is, from 0 to 1.
   *
   * @minimum 0
   * @maximum 1
   */
  confidence_score: number;
  /** Whether the match counts as confirmed from now on. */
  is_confirmed: boolean;
}

/** The time to confirm which essay is whose ran out, and the best matches were taken as they were. */
export interface ValidationTimeoutProcessed extends NotificationCommon {
  category: 'student_workflow';
  priority: 'immediate';
  action_required: false;
  batch_id: string;
  /**
   * How many matches were confirmed in the teacher's place.
   *
   * @asType integer
   */
  auto_confirmed_count: number;
  /** How long the teacher had, in hours. */
  timeout_hours: number;
  /** A sentence for the teacher. */
  message: string;
  /** The matches that were taken, one for each essay. */
  auto_confirmed_associations: AutoConfirmedAssociation[];
}

/** An essay and the student who wrote it. */
export interface StudentAssociation {
  /** The essay. */
  essay_id: string;
  /** The id of the student who wrote it. */
  student_id: string;
  /** How the match was made, such as `human` or `timeout`. */
  validation_method: string;
  /**
   * How sure the match was, from 0 to 1.
   *
   * @minimum 0
   * @maximum 1
   */
  confidence_score: number;
}

/** It is settled which essay is whose, by the teacher or because the time ran out. */
export interface StudentAssociationsConfirmed extends NotificationCommon {
  category: 'student_workflow';
  priority: 'high';
  action_required: false;
  batch_id: string;
  /**
   * How many essays have their student.
   *
   * @asType integer
   */
  confirmed_count: number;
  /** A sentence for the teacher. */
  message: string;
  /** Who wrote which essay, one entry for each that has its student. */
  associations: StudentAssociation[];
  /** How many matches were made in which way; may be empty. */
  validation_summary: Record<string, number>;
  /** Whether time running out settled it, rather than the teacher. */
  timeout_triggered: boolean;
}

/** The processing of a batch has begun. */
export interface BatchProcessingStarted extends NotificationCommon {
  category: 'batch_progress';
  priority: 'low';
  action_required: false;
  batch_id: string;
  /** The pipeline that the teacher asked for. */
  requested_pipeline: string;
  /** The phases that will run, in order. */
  resolved_pipeline: string[];
  /** The first of the phases: what runs now. */
  first_phase: string;
  /**
   * How many phases will run.
   *
   * @asType integer
   */
  total_phases: number;
  /** A sentence for the teacher. */
  message: string;
}

/**
 * Every phase of a batch's processing has ended.
 *
 * Where essays failed, `priority` is `immediate` and `action_required` is true; otherwise `high` and false.
 */
export interface PipelineCompleted extends NotificationCommon {
  category: 'batch_progress';
  priority: 'high' | 'immediate';
  action_required: boolean;
  batch_id: string;
  /** How it ended, such as `completed_successfully`. */
  final_status: string;
  /** The phases that ran to their end, in order. */
  completed_phases: string[];
  /**
   * How many essays went through every phase.
   *
   * @asType integer
   */
  successful_essays: number;
  /**
   * How many essays did not; the teacher has to act where it is not 0.
   *
   * @asType integer
   */
  failed_essays: number;
  /** How long it took, in seconds. */
  duration_seconds: number;
  /** A sentence for the teacher. */
  message: string;
}

/** What both refusals to start a pipeline say. */
export interface PipelineDenied extends NotificationCommon {
  category: 'batch_progress';
  priority: 'immediate';
  action_required: true;
  batch_id: string;
  /** The pipeline that the teacher asked for. */
  requested_pipeline: string;
  /**
   * How many credits the pipeline would use for this batch.
   *
   * @asType integer
   */
  required_credits: number;
  /**
   * How many credits there were when it was asked for.
   *
   * @asType integer
   */
  available_credits: number;
  /**
   * How many credits are missing; never negative.
   *
   * @asType integer
   * @minimum 0
   */
  credit_deficit: number;
  /** How much of each resource the pipeline would use; may be empty. */
  resource_breakdown: Record<string, number>;
  /** The organisation whose credits were asked for. `null` for a teacher's own. */
  org_id: string | null;
  /** What the teacher can do, a sentence each. */
  next_steps: string[];
  /** A sentence for the teacher. */
  message: string;
}

/** A pipeline was not started because the credits do not suffice. */
export interface PipelineDeniedInsufficientCredits extends PipelineDenied {
  /** Tells this refusal from the other. */
  denial_reason: 'insufficient_credits';
}

/** A pipeline was not started because too much was asked for in too short a time. */
export interface PipelineDeniedRateLimit extends PipelineDenied {
  /** Tells this refusal from the other. */
  denial_reason: 'rate_limit_exceeded';
}

/** What every notification of a completed phase says. */
export interface PhaseCompleted extends NotificationCommon {
  category: 'batch_progress';
  action_required: false;
  batch_id: string;
  /** How the phase ended, such as `completed_successfully` or `completed_with_failures`. */
  phase_status: string;
  /**
   * How many essays went through the phase.
   *
   * @asType integer
   */
  success_count: number;
  /**
   * How many essays did not.
   *
   * @asType integer
   */
  failed_count: number;
  /**
   * How many essays the phase was given.
   *
   * @asType integer
   */
  total_count: number;
  /** A sentence for the teacher. */
  message: string;
}

/** The spelling of every essay in a batch has been checked. */
export interface BatchSpellcheckCompleted extends PhaseCompleted {
  priority: 'low';
  /** The phase as pipelines name it. */
  phase_name: 'spellcheck';
}

/** The comparative judgement of a batch has ended: its essays are ranked. */
export interface BatchCjAssessmentCompleted extends PhaseCompleted {
  priority: 'standard';
  /** The phase as pipelines name it: comparative judgement. */
  phase_name: 'cj_assessment';
}

/** The linguistic analysis of every essay in a batch has ended. */
export interface BatchNlpCompleted extends PhaseCompleted {
  priority: 'standard';
  /** The phase as pipelines name it: natural language processing. */
  phase_name: 'nlp';
}

/** How one phase of a batch went. */
export interface PhaseResult {
  /** How the phase ended, such as `completed_successfully`. */
  status: string;
  /**
   * How many essays went through the phase.
   *
   * @asType integer
   */
  completed_count: number;
  /**
   * How many essays did not.
   *
   * @asType integer
   */
  failed_count: number;
  /** How long the phase took, in seconds; `null` where it was not measured. */
  processing_time_seconds: number | null;
}

/** The results of a batch can be fetched from the REST API. */
export interface BatchResultsReady extends NotificationCommon {
  category: 'processing_results';
  priority: 'high';
  action_required: false;
  batch_id: string;
  /**
   * How many essays the batch has.
   *
   * @asType integer
   */
  total_essays: number;
  /**
   * How many of them have results.
   *
   * @asType integer
   */
  completed_essays: number;
  /** How the batch ended as a whole, such as `completed_successfully`. */
  overall_status: string;
  /** How long it took, in seconds. */
  processing_duration_seconds: number;
  /** How each phase went, by the phase's name. */
  phase_results: Record<string, PhaseResult>;
  /** A sentence for the teacher. */
  message: string;
}

/** The assessment of a batch has ended, with or without rankings. */
export interface BatchAssessmentCompleted extends NotificationCommon {
  category: 'processing_results';
  priority: 'standard';
  action_required: false;
  batch_id: string;
  /** The id of the assessment that has ended. */
  assessment_job_id: string;
  /** Whether there are rankings to fetch. */
  rankings_available: boolean;
  /**
   * How many essays are ranked.
   *
   * @asType integer
   */
  rankings_count: number;
  /** A sentence for the teacher. */
  message: string;
}

/** The `data` of each notification, by its `event`. */
export interface NotificationDataByEvent {
  /** For each file that has arrived. */
  batch_files_uploaded: BatchFilesUploaded;
  /** For each file that was taken out. */
  batch_file_removed: BatchFileRemoved;
  /** For each file that cannot be used. */
  batch_validation_failed: BatchValidationFailed;
  /** Once for a class. */
  class_created: ClassCreated;
  /** For each student. */
  student_added_to_class: StudentAddedToClass;
  /** Where the teacher did not confirm in time. */
  validation_timeout_processed: ValidationTimeoutProcessed;
  /** Once it is settled which essay is whose. */
  student_associations_confirmed: StudentAssociationsConfirmed;
  /** When the first phase begins. */
  batch_processing_started: BatchProcessingStarted;
  /** When the last phase has ended, whatever became of the essays. */
  pipeline_completed: PipelineCompleted;
  /** Instead of a start: credits are missing. */
  pipeline_denied_insufficient_credits: PipelineDeniedInsufficientCredits;
  /** Instead of a start: too many were asked for. */
  pipeline_denied_rate_limit: PipelineDeniedRateLimit;
  /** When the phase `spellcheck` has ended. */
  batch_spellcheck_completed: BatchSpellcheckCompleted;
  /** When the phase `cj_assessment` has ended. */
  batch_cj_assessment_completed: BatchCjAssessmentCompleted;
  /** When the phase `nlp` has ended. */
  batch_nlp_completed: BatchNlpCompleted;
  /** When the results can be fetched. */
  batch_results_ready: BatchResultsReady;
  /** When the ranking has ended. */
  batch_assessment_completed: BatchAssessmentCompleted;
}

/** The name of a notification type. */
export type NotificationEvent = keyof NotificationDataByEvent;

/**
 * One notification as it is on the wire.
 *
 * @remarks The catalogue is open: a type that is not listed here is forwarded all the same, so a client ignores
 * an `event` that it does not know.
 *
 * @example
 * ```ts
 * socket.addEventListener('message', ({ data: text }) => {
 *   const notification: Notification = JSON.parse(text);
 *   if (notification.event === 'batch_results_ready') showResults(notification.data.batch_id);
 * });
 * ```
 */
export type Notification = {
  [E in NotificationEvent]: {
    /** Which type it is: what tells the members of the union apart. */
    event: E;
    /** What there is to say, and the common fields. */
    data: NotificationDataByEvent[E];
  };
}[NotificationEvent];

/** The backend services that send notifications. */
export type Sender =
  | 'file service'
  | 'class management service'
  | 'batch orchestrator service'
  | 'essay lifecycle service'
  | 'result aggregator service';

/** Every notification type, and the service that sends it. */
export const notificationSenders: Record<NotificationEvent, Sender> = {
  batch_files_uploaded: 'file service',
  batch_file_removed: 'file service',
  batch_validation_failed: 'file service',
  class_created: 'class management service',
  student_added_to_class: 'class management service',
  validation_timeout_processed: 'class management service',
  student_associations_confirmed: 'class management service',
  batch_processing_started: 'batch orchestrator service',
  pipeline_completed: 'batch orchestrator service',
  pipeline_denied_insufficient_credits: 'batch orchestrator service',
  pipeline_denied_rate_limit: 'batch orchestrator service',
  batch_spellcheck_completed: 'essay lifecycle service',
  batch_cj_assessment_completed: 'essay lifecycle service',
  batch_nlp_completed: 'essay lifecycle service',
  batch_results_ready: 'result aggregator service',
  batch_assessment_completed: 'result aggregator service',
};

/** The names of all notification types, in the order of the catalogue. */
export const notificationEvents = Object.keys(notificationSenders) as NotificationEvent[];
