import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { PASSWORD, SYSTEM_ID, esmeOnSockets } from "../kit/esme-world.ts";
import { NUMBER, PHONE } from "../kit/messaging-world.ts";
import { findProgram } from "../kit/programs.ts";

/** Perl's Net::SMPP binds, submits, waits for the receipt, asks for the state and unbinds; a line for each. */
const PROGRAM = `
use strict;
use Net::SMPP;
my ($port, $id, $password, $from, $to) = @ARGV;
alarm 20;
my ($smpp, $bound) = Net::SMPP->new_transceiver('127.0.0.1', port => $port, system_id => $id, password => $password)
  or die "no connection";
die "bind $bound->{status}" if $bound->{status};
print "bound\\n";
my $sent = $smpp->submit_sm(source_addr_ton => 1, source_addr_npi => 1, source_addr => $from,
  dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $to,
  registered_delivery => 1, short_message => 'hello from perl');
die "submit $sent->{status}" if $sent->{status};
print "sent $sent->{message_id}\\n";
my $delivered = $smpp->read_pdu() or die "nothing delivered";
print "delivered $delivered->{short_message}\\n";
$smpp->deliver_sm_resp(seq => $delivered->{seq}, message_id => '');
my $queried = $smpp->query_sm(message_id => $sent->{message_id}, source_addr_ton => 1, source_addr_npi => 1,
  source_addr => $from);
print "state $queried->{message_state}\\n";
my $bye = $smpp->unbind();
print "unbound $bye->{status}\\n";
`;

const perl = findProgram("perl");
const isThere = perl !== undefined && spawnSync(perl, ["-MNet::SMPP", "-e", "1"]).status === 0;
const skip = isThere
  ? false
  : "Net::SMPP is not installed: apt-get install -y --no-install-recommends libnet-smpp-perl";

describe("Net::SMPP as a customer", { skip }, () => {
  it("binds, submits, hears of the delivery, asks and unbinds", async (t) => {
    const world = await esmeOnSockets(t);
    const args = ["-e", PROGRAM, String(world.port), SYSTEM_ID, PASSWORD, NUMBER.slice(1), PHONE.slice(1)];
    const child = spawn(perl ?? "", args, { stdio: ["ignore", "pipe", "pipe"] });
    let written = "";
    child.stdout.on("data", (chunk: Buffer) => (written += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (written += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    const lines = written.trim().split("\n");
    assert.equal(lines[0], "bound", written);
    const id = /^sent (SM[0-9a-f]{32})$/.exec(lines[1] ?? "")?.[1];
    assert.ok(id !== undefined, written);
    assert.match(lines[2] ?? "", new RegExp(`^delivered id:${id} .* stat:DELIVRD err:000 text:hello from perl$`));
    assert.deepEqual(lines.slice(3), ["state 2", "unbound 0"]);
    assert.equal(world.messaging.message(id).body, "hello from perl");
  });
});
