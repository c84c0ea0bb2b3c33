// An unmodified @slack/bolt against the workspace: a command, an action, a modal with errors, an event and an upload.
// Prints "ready" once it is connected; the Python test plays the people.
import bolt from '@slack/bolt';

const [apiUrl] = process.argv.slice(2);
const app = new bolt.App({
  token: 'xoxb-local-workspace',
  appToken: 'xapp-local-workspace',
  socketMode: true,
  clientOptions: { slackApiUrl: apiUrl },
  logLevel: bolt.LogLevel.ERROR,
});
const plain = (text) => ({ type: 'plain_text', text });

app.command('/ssm', async ({ ack, respond, command }) => {
  await ack();
  const elements = [{ type: 'button', action_id: 'flag', text: plain('Flag'), value: '42' }];
  await respond({ text: `You asked: ${command.text}`, blocks: [{ type: 'actions', elements }] });
});

app.action('flag', async ({ ack, body, client, action }) => {
  await ack();
  const element = { type: 'plain_text_input', action_id: 'text' };
  const blocks = [{ type: 'input', block_id: 'reason', label: plain('Reason'), element }];
  const view = { type: 'modal', callback_id: 'flag', title: plain('Flag'), submit: plain('Send'), private_metadata: action.value, blocks };
  await client.views.open({ trigger_id: body.trigger_id, view });
});

app.view('flag', async ({ ack, view, client }) => {
  const reason = view.state.values.reason.text.value;
  if (reason.length < 5) {
    await ack({ response_action: 'errors', errors: { reason: 'Say a little more.' } });
    return;
  }
  await ack();
  await client.chat.postMessage({ channel: '#sec-flags', text: `Flagged ${view.private_metadata}: ${reason}` });
});

app.event('app_mention', async ({ event, client }) => {
  const content = Buffer.from('node,count\nweb,3\n');
  await client.filesUploadV2({ channel_id: event.channel, thread_ts: event.ts, initial_comment: 'Here', file: content, filename: 'audit.csv' });
});

await app.start();
console.log('ready');
process.stdin.resume();
process.stdin.on('end', () => app.stop().then(() => process.exit(0)));
