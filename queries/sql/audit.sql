-- Who opened a session, on which target, from where, and who closed it; denied attempts too.
--
-- An opening is ssm:StartSession or ecs:ExecuteCommand. It is joined to the first TerminateSession that AWS allowed for
-- the same session id, whoever called it. Most ends never reach CloudTrail: no `ended` does not mean "still open".
-- ResumeSession opens nothing new: events.sql has it. A record that was delivered twice, or by both services, counts once.
--
-- :since     instant    first moment, inclusive
-- :until     instant    last moment of an opening, exclusive
-- :closes    instant    last moment of a closing, exclusive
-- :actor     contains   part of the caller's ARN, principal id or user name
-- :target    contains   part of the target (or of the task), else of the error message that names it
-- :document  contains   part of the document's name or ARN
-- :ip        text       source address
-- :account   text       account that received the call
-- :region    text       Region that received the call
-- :session   contains   part of the session id
-- :denied    flag       only calls that failed
-- :limit     count      most rows
--
-- columns: eventid, eventtime, eventsource, eventname, account, region, actor, identity_type, principal_id, user_name,
--   invoked_by, access_key, mfa, source_ip, user_agent, error_code, error_message, request, response, session_id, target,
--   document, ended, ended_by

WITH calls AS (
  SELECT
    eventid, eventtime, eventsource, eventname,
    coalesce(recipientaccountid, useridentity.accountid) AS account,
    awsregion AS region,
    useridentity.arn AS actor,
    useridentity.type AS identity_type,
    useridentity.principalid AS principal_id,
    useridentity.username AS user_name,
    useridentity.invokedby AS invoked_by,
    useridentity.accesskeyid AS access_key,
    useridentity.sessioncontext.attributes.mfaauthenticated AS mfa,
    sourceipaddress AS source_ip,
    useragent AS user_agent,
    errorcode AS error_code,
    errormessage AS error_message,
    requestparameters AS request,
    responseelements AS response,
    coalesce(
      json_extract_scalar(responseelements, '$.sessionId'),
      json_extract_scalar(responseelements, '$.session.sessionId'),
      json_extract_scalar(requestparameters, '$.sessionId')
    ) AS session_id,
    coalesce(
      json_extract_scalar(requestparameters, '$.target'),
      json_extract_scalar(requestparameters, '$.task')
    ) AS target,
    CASE
      WHEN eventsource = 'ecs.amazonaws.com' THEN 'AmazonECS-ExecuteInteractiveCommand'
      WHEN json_extract_scalar(requestparameters, '$.documentName') IS NOT NULL
        THEN json_extract_scalar(requestparameters, '$.documentName')
      WHEN json_extract_scalar(requestparameters, '$.target') IS NOT NULL THEN 'SSM-SessionManagerRunShell'
    END AS document
  FROM :table
  WHERE :partition
    AND eventtime >= :since
    AND eventtime < :closes
    AND (
      (eventsource = 'ssm.amazonaws.com' AND eventname IN ('StartSession', 'TerminateSession'))
      OR (eventsource = 'ecs.amazonaws.com' AND eventname = 'ExecuteCommand')
    )
    [[ AND coalesce(recipientaccountid, useridentity.accountid) = :account ]]
    [[ AND awsregion = :region ]]
),
openings AS (
  SELECT
    calls.*,
    row_number() OVER (
      PARTITION BY account, region, coalesce(session_id, eventid)
      ORDER BY eventsource DESC, eventtime, eventid
    ) AS copy
  FROM calls
  WHERE eventname <> 'TerminateSession'
    AND eventtime < :until
),
closings AS (
  SELECT
    account AS at_account, region AS in_region, session_id AS of_session, eventtime AS ended, actor AS ended_by,
    row_number() OVER (PARTITION BY account, region, session_id ORDER BY eventtime, eventid) AS nth
  FROM calls
  WHERE eventname = 'TerminateSession'
    AND error_code IS NULL
    AND session_id IS NOT NULL
)
SELECT
  eventid, eventtime, eventsource, eventname, account, region, actor, identity_type, principal_id, user_name,
  invoked_by, access_key, mfa, source_ip, user_agent, error_code, error_message, request, response, session_id, target,
  document, ended, ended_by
FROM openings
LEFT JOIN closings
  ON nth = 1 AND of_session = session_id AND at_account = account AND in_region = region
WHERE copy = 1
  [[ AND lower(coalesce(actor, '') || ' ' || coalesce(principal_id, '') || ' ' || coalesce(user_name, '')) LIKE :actor ]]
  [[ AND lower(coalesce(target, error_message, '')) LIKE :target ]]
  [[ AND lower(coalesce(document, error_message, '')) LIKE :document ]]
  [[ AND source_ip = :ip ]]
  [[ AND lower(session_id) LIKE :session ]]
  [[ AND (:denied AND error_code IS NOT NULL) ]]
ORDER BY eventtime DESC, eventid
LIMIT :limit
