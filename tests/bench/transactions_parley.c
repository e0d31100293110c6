/* Our subject of ./dev bench transactions, on libsip alone. Says once a second how many
 * transactions live and what it has done, as a JSON object a line.
 *
 *     transactions_parley server PORT
 *     transactions_parley options|calls PORT SECONDS WINDOW
 *
 * server: answers every request with 200, an INVITE to "idle" with 180 and no more. options:
 * OPTIONS to PORT, WINDOW of them under way; calls: INVITE, ACK and BYE. */
#include <signal.h>
#include <sip/sip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sdp[] = "v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                          "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

typedef struct subject {
    sip_stack *stack;
    sip_worker *worker;
    sip_tu *tu;
    sip_timer second, deadline;
    bool calls, over;
    unsigned under_way;
    uint64_t done, failed;
    uint32_t number;
    char uri[64], to[72];
} subject;

static void report(void *arg)
{
    subject *it = arg;
    sip_stack_stats stats;

    sip_stack_get_stats(it->stack, &stats);
    printf("{\"live\": %llu, \"done\": %llu, \"failed\": %llu, \"retransmitted\": %llu}\n",
           (unsigned long long)stats.live_transactions, (unsigned long long)it->done,
           (unsigned long long)it->failed, (unsigned long long)stats.retransmitted);
    fflush(stdout);
    sip_timer_set(it->worker, &it->second, 1000);
}

/* ---- server */

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    const sip_uri *uri = sip_msg_request_uri(sip_server_tx_request(tx));

    (void)tu;
    ((subject *)user_data)->done++;
    sip_server_tx_respond(tx, sip_str_equal(uri->user, "idle") ? 180 : 200, NULL);
}

static const sip_tu_handler server = {.on_request = on_request};

/* ---- client */

static void start(subject *it);

static void finish_one(subject *it)
{
    it->done++;
    it->under_way--;
    if (!it->over) {
        start(it);
    } else if (it->under_way == 0) {
        report(it);
        sip_stack_stop(it->stack);
    }
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    subject *it = user_data;

    (void)tx;
    fprintf(stderr, "transactions_parley: %s\n", failure->text);
    it->failed++;
    finish_one(it);
}

static void on_last_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    if (sip_msg_status(response) >= 200) {
        finish_one(user_data);
    }
}

static const sip_client_tx_handler last = {.on_response = on_last_response, .on_failed = on_failed};

static void end_call(subject *it, const sip_msg *response)
{
    const sip_address *from = sip_msg_from(response), *to = sip_msg_to(response);
    const sip_address *contact = sip_msg_address(response, SIP_HEADER_CONTACT, 0);
    sip_dialog_facts facts = {
        .call_id = sip_msg_call_id(response),
        .local = from->uri.text,
        .remote = to->uri.text,
        .local_tag = from->tag,
        .remote_tag = to->tag,
        .remote_target = contact != NULL ? sip_str_of(it->uri) : to->uri.text,
        .cseq = sip_msg_cseq(response)->number,
    };
    const sip_allocator *allocator = sip_worker_allocator(it->worker);
    sip_msg *ack = NULL, *bye = NULL;

    if (sip_build_finish(sip_build_in_dialog(allocator, SIP_STR("ACK"), &facts), &ack) == 0) {
        sip_tu_send(it->tu, ack, NULL, NULL);
    }
    facts.cseq++;
    if (sip_build_finish(sip_build_in_dialog(allocator, SIP_STR("BYE"), &facts), &bye) == 0) {
        sip_client_tx_create(it->tu, bye, NULL, &last, it, NULL);
    }
    sip_msg_unref(ack);
    sip_msg_unref(bye);
}

static void on_invite_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    (void)tx;
    if (sip_msg_status(response) >= 200) {
        end_call(user_data, response);
    }
}

static const sip_client_tx_handler invite = {.on_response = on_invite_response,
                                             .on_failed = on_failed};

/* The last eight digits before `end`. */
static void put_number(char *end, uint32_t number)
{
    for (unsigned i = 0; i < 8; i++, number >>= 4) {
        *--end = "0123456789abcdef"[number & 15];
    }
}

static void start(subject *it)
{
    const sip_str method = it->calls ? SIP_STR("INVITE") : SIP_STR("OPTIONS");
    sip_build *build =
        sip_build_request(sip_worker_allocator(it->worker), method, sip_str_of(it->uri));
    char from[] = "\"Bench\" <sip:bench@127.0.0.1:5060>;tag=f0000000000000000";
    char call_id[] = "00000000-00000000@bench";
    sip_msg *request;

    it->number++;
    put_number(from + sizeof from - 1, it->number);
    put_number(call_id + sizeof call_id - 1 - strlen("@bench"), it->number);
    sip_build_header(build, SIP_HEADER_FROM, (sip_str){from, sizeof from - 1});
    sip_build_header(build, SIP_HEADER_TO, sip_str_of(it->to));
    sip_build_header(build, SIP_HEADER_CALL_ID, (sip_str){call_id, sizeof call_id - 1});
    sip_build_header(build, SIP_HEADER_CSEQ,
                     it->calls ? SIP_STR("1 INVITE") : SIP_STR("1 OPTIONS"));
    sip_build_header(build, SIP_HEADER_CONTACT, SIP_STR("<sip:bench@127.0.0.1:5060>"));
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_header(build, SIP_HEADER_SUBJECT, SIP_STR("Performance Test"));
    if (it->calls) {
        const sip_body body = {.type = SIP_STR("application/sdp"), .data = sip_str_of(sdp)};

        sip_build_body(build, &body);
    }
    if (sip_build_finish(build, &request) != 0 ||
        sip_client_tx_create(it->tu, request, NULL, it->calls ? &invite : &last, it, NULL) != 0) {
        fprintf(stderr, "transactions_parley: cannot send\n");
        exit(1);
    }
    it->under_way++;
    sip_msg_unref(request);
}

static void on_deadline(void *arg)
{
    ((subject *)arg)->over = true;
}

/* ---- both */

static int run(subject *it, int argc, char **argv)
{
    const bool serves = strcmp(argv[1], "server") == 0;
    /* What other programs do on the machine is not to look like overload. */
    const sip_stack_config config = {.max_transactions = 16000000,
                                     .overload = {.control = SIP_OFF}};
    char where[64];
    int err = sip_stack_create(&config, &it->stack);

    snprintf(where, sizeof where, "udp:127.0.0.1:%s", serves ? argv[2] : "0");
    if (err == 0) {
        err = sip_stack_listen(it->stack, where);
    }
    if (err == 0) {
        err = sip_stack_on_signal(it->stack, SIGTERM, NULL, NULL);
    }
    if (err == 0) {
        err = sip_tu_create(it->stack, NULL, &server, it, &it->tu);
    }
    if (err != 0) {
        return err;
    }
    it->worker = sip_stack_worker(it->stack, 0);
    sip_timer_init(&it->second, report, it);
    sip_timer_init(&it->deadline, on_deadline, it);
    report(it);
    if (!serves && argc == 5) {
        it->calls = strcmp(argv[1], "calls") == 0;
        snprintf(it->uri, sizeof it->uri, "sip:service@127.0.0.1:%s", argv[2]);
        snprintf(it->to, sizeof it->to, "<%s>", it->uri);
        sip_timer_set(it->worker, &it->deadline, 1000 * (uint32_t)strtoul(argv[3], NULL, 10));
        for (unsigned i = 0; i < (unsigned)strtoul(argv[4], NULL, 10); i++) {
            start(it);
        }
    }
    return sip_stack_run(it->stack);
}

int main(int argc, char **argv)
{
    static subject it;
    int err = argc == 3 || argc == 5 ? run(&it, argc, argv) : SIP_EINVAL;

    if (err != 0) {
        fprintf(stderr, "transactions_parley: %s\n",
                it.stack == NULL ? sip_error_text(err) : sip_stack_error(it.stack));
    }
    sip_stack_destroy(it.stack);
    return err != 0;
}
