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
  category: Category;
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
  file_upload_id: string;
  /** The name that the file had on the teacher's machine. */
  filename: string;
  /** A sentence for the teacher. */
  message: string;
  upload_status: 'completed';
}

/** A file was taken out of a batch. */
export interface BatchFileRemoved extends NotificationCommon {
  category: 'file_operations';
  priority: 'standard';
  action_required: false;
  batch_id: string;
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
  student_id: string;
  student_name: string;
  /** What the school calls the class, such as `9B`. */
  class_designation: string;
  /** A sentence for the teacher. */
  message: string;
}

/** An essay that was matched to a student without the teacher's confirmation. */
export interface AutoConfirmedAssociation {
  essay_id: string;
  student_name: string;
  /**
   * How sure the match is, from 0 to 1.
   *
   * @minimum 0
   * @maximum 1
   */
  confidence_score: number;
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
  auto_confirmed_associations: AutoConfirmedAssociation[];
}

/** An essay and the student who wrote it. */
export interface StudentAssociation {
  essay_id: string;
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
  /** @asType integer */
  successful_essays: number;
  /** @asType integer */
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
  /** @asType integer */
  required_credits: number;
  /** @asType integer */
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
  denial_reason: 'insufficient_credits';
}

/** A pipeline was not started because too much was asked for in too short a time. */
export interface PipelineDeniedRateLimit extends PipelineDenied {
  denial_reason: 'rate_limit_exceeded';
}

/** What every notification of a completed phase says. */
export interface PhaseCompleted extends NotificationCommon {
  category: 'batch_progress';
  action_required: false;
  batch_id: string;
  /** How the phase ended, such as `completed_successfully` or `completed_with_failures`. */
  phase_status: string;
  /** @asType integer */
  success_count: number;
  /** @asType integer */
  failed_count: number;
  /** @asType integer */
  total_count: number;
  /** A sentence for the teacher. */
  message: string;
}

/** The spelling of every essay in a batch has been checked. */
export interface BatchSpellcheckCompleted extends PhaseCompleted {
  priority: 'low';
  phase_name: 'spellcheck';
}

/** The comparative judgement of a batch has ended: its essays are ranked. */
export interface BatchCjAssessmentCompleted extends PhaseCompleted {
  priority: 'standard';
  phase_name: 'cj_assessment';
}

/** The linguistic analysis of every essay in a batch has ended. */
export interface BatchNlpCompleted extends PhaseCompleted {
  priority: 'standard';
  phase_name: 'nlp';
}

/** How one phase of a batch went. */
export interface PhaseResult {
  /** How the phase ended, such as `completed_successfully`. */
  status: string;
  /** @asType integer */
  completed_count: number;
  /** @asType integer */
  failed_count: number;
  /** `null` where it was not measured. */
  processing_time_seconds: number | null;
}

/** The results of a batch can be fetched from the REST API. */
export interface BatchResultsReady extends NotificationCommon {
  category: 'processing_results';
  priority: 'high';
  action_required: false;
  batch_id: string;
  /** @asType integer */
  total_essays: number;
  /** @asType integer */
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
  assessment_job_id: string;
  /** Whether there are rankings to fetch. */
  rankings_available: boolean;
  /** @asType integer */
  rankings_count: number;
  /** A sentence for the teacher. */
  message: string;
}

/** The `data` of each notification, by its `event`. */
export interface NotificationDataByEvent {
  batch_files_uploaded: BatchFilesUploaded;
  batch_file_removed: BatchFileRemoved;
  batch_validation_failed: BatchValidationFailed;
  class_created: ClassCreated;
  student_added_to_class: StudentAddedToClass;
  validation_timeout_processed: ValidationTimeoutProcessed;
  student_associations_confirmed: StudentAssociationsConfirmed;
  batch_processing_started: BatchProcessingStarted;
  pipeline_completed: PipelineCompleted;
  pipeline_denied_insufficient_credits: PipelineDeniedInsufficientCredits;
  pipeline_denied_rate_limit: PipelineDeniedRateLimit;
  batch_spellcheck_completed: BatchSpellcheckCompleted;
  batch_cj_assessment_completed: BatchCjAssessmentCompleted;
  batch_nlp_completed: BatchNlpCompleted;
  batch_results_ready: BatchResultsReady;
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
  [E in NotificationEvent]: { event: E; data: NotificationDataByEvent[E] };
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
