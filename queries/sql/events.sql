-- What happened to sessions and to what guards them: documents, preferences, just-in-time access, log stores, trails.
--
-- A record that was delivered twice counts once. When there are more rows than the limit, the newest are kept. A call that only looks around is
-- given where its caller opened a session within a quarter of an hour, once for each name and session; a launch, where its node was entered within
-- a day. They are read with the rest, each part of the query once, so they cost no further bytes.
--
-- :since     instant    first moment, inclusive
-- :until     instant    last moment, exclusive
-- :watched   watched    the calls that concern sessions, as eventsource and eventname
-- :leading   leading    the calls that matter where a session follows
-- :actor     contains   part of the caller's ARN, principal id or user name
-- :target    contains   part of the request, or of the error message, that names the target
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
--   document, eventtype, readonly, additional, issuer_arn, issuer_name, credential_created

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
    eventtype,
    readonly,
    additionaleventdata AS additional,
    useridentity.sessioncontext.sessionissuer.arn AS issuer_arn,
    useridentity.sessioncontext.sessionissuer.username AS issuer_name,
    useridentity.sessioncontext.attributes.creationdate AS credential_created,
    CASE WHEN (:leading) THEN 1 ELSE 0 END AS leads,
    row_number() OVER (PARTITION BY eventid ORDER BY eventtime) AS copy
  FROM :table
  WHERE :partition
    AND eventtime >= :since
    AND eventtime < :until
    AND (:watched OR :leading)
    AND (eventname <> 'ConsoleLogin' OR useridentity.type IN ('IAMUser', 'Root'))
    [[ AND coalesce(recipientaccountid, useridentity.accountid) = :account ]]
    [[ AND awsregion = :region ]]
),
spread AS (
  SELECT
    calls.*,
    CASE WHEN eventsource = 'ssm.amazonaws.com' AND eventname = 'StartSession' AND error_code IS NULL THEN eventtime END AS opening,
    node
  FROM calls
  CROSS JOIN UNNEST(
    CASE
      WHEN eventname = 'RunInstances' AND error_code IS NULL THEN regexp_extract_all(response, 'i-[0-9a-f]{8,17}')
      WHEN eventname = 'StartSession' THEN ARRAY[coalesce(json_extract_scalar(request, '$.target'), '')]
      ELSE ARRAY['']
    END
  ) AS nodes (node)
  WHERE copy = 1
),
followed AS (
  SELECT
    spread.*,
    min(opening) OVER (
      PARTITION BY actor ORDER BY eventtime, leads DESC ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS opened,
    min(opening) OVER (
      PARTITION BY account, region, node ORDER BY eventtime, leads DESC ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS entered
  FROM spread
),
ranked AS (
  SELECT
    followed.*,
    row_number() OVER (PARTITION BY actor, eventname, opened ORDER BY eventtime DESC, eventid) AS nth,
    row_number() OVER (PARTITION BY eventid ORDER BY entered) AS first_entered
  FROM followed
),
chosen AS (
  SELECT *
  FROM ranked
  WHERE first_entered = 1
    AND (
      leads = 0
      OR (
        eventname = 'RunInstances'
        AND date_diff('second', from_iso8601_timestamp(eventtime), from_iso8601_timestamp(entered)) <= 86400
      )
      OR (
        eventname <> 'RunInstances'
        AND nth = 1
        AND date_diff('second', from_iso8601_timestamp(eventtime), from_iso8601_timestamp(opened)) <= 900
      )
    )
),
told AS (
  SELECT
    chosen.*,
    coalesce(
      json_extract_scalar(response, '$.sessionId'),
      json_extract_scalar(response, '$.session.sessionId'),
      json_extract_scalar(request, '$.sessionId')
    ) AS session_id,
    coalesce(
      json_extract_scalar(request, '$.target'),
      json_extract_scalar(request, '$.task'),
      json_extract_scalar(request, '$.InstanceId'),
      json_extract_scalar(request, '$.instanceId')
    ) AS target,
    coalesce(
      json_extract_scalar(request, '$.documentName'),
      CASE WHEN eventname LIKE '%Document%' THEN json_extract_scalar(request, '$.name') END,
      CASE
        WHEN eventname = 'StartSession' AND json_extract_scalar(request, '$.target') IS NOT NULL
          THEN 'SSM-SessionManagerRunShell'
      END
    ) AS document
  FROM chosen
),
newest AS (
  SELECT
    eventid, eventtime, eventsource, eventname, account, region, actor, identity_type, principal_id, user_name,
    invoked_by, access_key, mfa, source_ip, user_agent, error_code, error_message, request, response, session_id, target,
    document, eventtype, readonly, additional, issuer_arn, issuer_name, credential_created
  FROM told
  WHERE true
    [[ AND lower(coalesce(actor, '') || ' ' || coalesce(principal_id, '') || ' ' || coalesce(user_name, '')) LIKE :actor ]]
    [[ AND lower(coalesce(request, '') || ' ' || coalesce(error_message, '')) LIKE :target ]]
    [[ AND lower(coalesce(document, error_message, '')) LIKE :document ]]
    [[ AND source_ip = :ip ]]
    [[ AND lower(session_id) LIKE :session ]]
    [[ AND (:denied AND error_code IS NOT NULL) ]]
  ORDER BY eventtime DESC, eventid
  LIMIT :limit
)
SELECT *
FROM newest
ORDER BY eventtime, eventid
