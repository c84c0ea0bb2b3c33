-- Which tunnels were opened: port forwards, SSH, custom Port documents, and remote desktops by the browser.
--
-- A document is known by its name or by the end of its ARN; a denied call may name it only in its error message. A remote
-- desktop is ssm-guiconnect:StartConnection, which then starts a port forward on the caller's behalf: the two are one row, with
-- the forward's session id and the connection's source address. A connection that started nothing stands alone.
--
-- :since      instant    first moment, inclusive
-- :until      instant    last moment of an opening, exclusive
-- :closes     instant    last moment of a closing, exclusive
-- :documents  list       names of custom documents whose sessionType is Port
-- :actor      contains   part of the caller's ARN, principal id or user name
-- :target     contains   part of the target, else of the error message that names it
-- :document   contains   part of the document's name or ARN
-- :ip         text       source address
-- :account    text       account that received the call
-- :region     text       Region that received the call
-- :session    contains   part of the session id
-- :denied     flag       only calls that failed
-- :limit      count      most rows
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
    coalesce(
      useridentity.invokedby,
      CASE WHEN sourceipaddress = 'ssm-guiconnect.amazonaws.com' THEN sourceipaddress END
    ) AS invoked_by,
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
      json_extract_scalar(requestparameters, '$.sessionId')
    ) AS session_id,
    coalesce(
      json_extract_scalar(requestparameters, '$.target'),
      json_extract_scalar(requestparameters, '$.InstanceId'),
      json_extract_scalar(requestparameters, '$.instanceId')
    ) AS target,
    coalesce(json_extract_scalar(requestparameters, '$.documentName'), errormessage) AS named,
    json_extract_scalar(requestparameters, '$.documentName') AS document,
    row_number() OVER (PARTITION BY eventid ORDER BY eventtime) AS copy
  FROM :table
  WHERE :partition
    AND eventtime >= :since
    AND eventtime < :closes
    AND (
      (eventsource = 'ssm.amazonaws.com' AND eventname IN ('StartSession', 'TerminateSession'))
      OR (eventsource = 'ssm-guiconnect.amazonaws.com' AND eventname = 'StartConnection')
    )
    [[ AND coalesce(recipientaccountid, useridentity.accountid) = :account ]]
    [[ AND awsregion = :region ]]
),
forwards AS (
  SELECT calls.*
  FROM calls
  WHERE copy = 1
    AND eventname = 'StartSession'
    AND eventtime < :until
    AND (
      regexp_like(named, '(^|/)AWS-Start(PortForwarding|SSH)Session[A-Za-z]*($|\s)')
      [[ OR regexp_extract(document, '[^/]+$') IN (:documents) ]]
    )
),
desktops AS (
  SELECT calls.*
  FROM calls
  WHERE copy = 1 AND eventname = 'StartConnection' AND eventtime < :until
),
pairs AS (
  SELECT
    f.eventid AS forward, d.eventid AS desktop, d.source_ip AS desktop_ip, d.user_agent AS desktop_agent,
    row_number() OVER (PARTITION BY f.eventid ORDER BY d.eventtime DESC, d.eventid) AS nearest
  FROM forwards f
  JOIN desktops d
    ON d.account = f.account AND d.region = f.region AND d.target = f.target AND d.actor = f.actor
    AND d.error_code IS NULL
    AND f.invoked_by = 'ssm-guiconnect.amazonaws.com'
    AND abs(date_diff('second', from_iso8601_timestamp(d.eventtime), from_iso8601_timestamp(f.eventtime))) <= 120
),
tunnels AS (
  SELECT forwards.*, desktop_ip, desktop_agent
  FROM forwards
  LEFT JOIN pairs ON forward = eventid AND nearest = 1
  UNION ALL
  SELECT desktops.*, CAST(NULL AS varchar) AS desktop_ip, CAST(NULL AS varchar) AS desktop_agent
  FROM desktops
  WHERE eventid NOT IN (SELECT desktop FROM pairs)
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
  invoked_by, access_key, mfa, coalesce(desktop_ip, source_ip) AS source_ip, coalesce(desktop_agent, user_agent) AS user_agent,
  error_code, error_message, request, response, session_id, target, document, ended, ended_by
FROM tunnels
LEFT JOIN closings
  ON nth = 1 AND of_session = session_id AND at_account = account AND in_region = region
WHERE true
  [[ AND lower(coalesce(actor, '') || ' ' || coalesce(principal_id, '') || ' ' || coalesce(user_name, '')) LIKE :actor ]]
  [[ AND lower(coalesce(target, error_message, '')) LIKE :target ]]
  [[ AND lower(coalesce(document, error_message, '')) LIKE :document ]]
  [[ AND coalesce(desktop_ip, source_ip) = :ip ]]
  [[ AND lower(session_id) LIKE :session ]]
  [[ AND (:denied AND error_code IS NOT NULL) ]]
ORDER BY eventtime DESC, eventid
LIMIT :limit
