/* The transaction machines without a stack: two of them in one program, joined by a queue that
 * loses the first INVITE, on a clock that is a number. What each announces is printed. */
#include <sip/sip.h>
#include <stdio.h>
#include <string.h>

#define MOST_ON_THE_WAY 8

/* What stands for the network: messages on their way to the other side. */
typedef struct network {
    struct {
        bool to_callee;
        size_t len;
        char bytes[1500];
    } slots[MOST_ON_THE_WAY];
    size_t n;
    bool has_lost_one;
} network;

typedef struct side {
    const char *name;
    bool is_callee;
    sip_fsm *fsm;
    network *wire;
    sip_time_ms *now_ms;
} side;

static void say(const side *at, const char *what, const sip_msg *msg)
{
    const sip_str text = sip_msg_bytes(msg);
    const char *end = text.len > 0 ? memchr(text.ptr, '\r', text.len) : NULL;

    printf("%5u ms  %-6s  %s%.*s\n", (unsigned)*at->now_ms, at->name, what,
           end != NULL ? (int)(end - text.ptr) : 0, end != NULL ? text.ptr : "");
}

/* ---- announcements */

/* Nothing is written by the machines: they say what has to leave. */
static int on_send(sip_fsm_tx *tx, const sip_path *to, sip_str bytes, void *user_data)
{
    const side *at = user_data;
    network *net = at->wire;

    (void)tx, (void)to;
    if (!net->has_lost_one) {
        net->has_lost_one = true;
        return 0;
    }
    if (net->n == MOST_ON_THE_WAY || bytes.len > sizeof net->slots[0].bytes) {
        return SIP_EIO;
    }
    net->slots[net->n].to_callee = !at->is_callee;
    net->slots[net->n].len = bytes.len;
    memcpy(net->slots[net->n].bytes, bytes.ptr, bytes.len);
    net->n++;
    return 0;
}

static void on_sent(sip_fsm_tx *tx, const sip_msg *request, void *user_data)
{
    (void)tx;
    say(user_data, "sent: ", request);
}

static void on_sent_again(sip_fsm_tx *tx, void *user_data)
{
    (void)tx;
    say(user_data, "sent again", NULL);
}

static void on_response(sip_fsm_tx *tx, const sip_msg *response, void *user_data)
{
    const side *at = user_data;

    (void)tx;
    say(at, at->is_callee ? "sent: " : "came: ", response);
}

static void on_ack(sip_fsm_tx *tx, const sip_msg *ack, void *user_data)
{
    const side *at = user_data;

    (void)tx;
    say(at, at->is_callee ? "came: " : "sent: ", ack);
}

static void on_destroyed(sip_fsm_tx *tx, void *user_data)
{
    (void)tx;
    say(user_data, "transaction over", NULL);
}

static const sip_fsm_handler handler = {
    .on_send = on_send,
    .on_sent = on_sent,
    .on_sent_again = on_sent_again,
    .on_provisional = on_response,
    .on_final = on_response,
    .on_ack = on_ack,
    .on_destroyed = on_destroyed,
};

/* ---- the two sides */

/* The callee is busy: 486, and the machine sees to its ACK. */
static int answer(side *at, const sip_msg *request)
{
    sip_msg *busy = NULL;
    sip_fsm_tx *tx;
    int err = sip_fsm_create_server(at->fsm, request, NULL, &tx);

    if (err == 0) {
        err = sip_response_create(request, 486, SIP_STR("callee"), NULL, &busy);
    }
    if (err == 0) {
        err = sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, busy);
    }
    sip_msg_unref(busy);
    return err;
}

static int deliver(side *at, sip_str bytes, const sip_path *from)
{
    sip_msg *msg;
    int err = sip_msg_parse(NULL, NULL, bytes, from, &msg, NULL);

    if (err != 0) {
        return err;
    }
    err = sip_fsm_receive(at->fsm, msg);
    if (err == SIP_EGONE && sip_msg_is_request(msg) && sip_msg_method(msg) != SIP_METHOD_ACK) {
        err = answer(at, msg);
    }
    sip_msg_unref(msg);
    return err == SIP_ESTATE ? 0 : err; /* a repetition that changes nothing */
}

static int call(side *caller, const sip_path *to)
{
    static const char text[] = "INVITE sip:callee@192.0.2.2 SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKexample\r\n"
                               "Max-Forwards: 70\r\n"
                               "From: <sip:caller@192.0.2.1>;tag=caller\r\n"
                               "To: <sip:callee@192.0.2.2>\r\n"
                               "Call-ID: event-driven\r\n"
                               "CSeq: 1 INVITE\r\n"
                               "Content-Length: 0\r\n\r\n";
    sip_msg *invite;
    sip_fsm_tx *tx;
    int err = sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &invite, NULL);

    if (err != 0) {
        return err;
    }
    err = sip_fsm_create_client(caller->fsm, invite, to, NULL, &tx);
    if (err == 0) {
        err = sip_fsm_feed(tx, SIP_FSM_MESSAGE_OUT, NULL);
    }
    sip_msg_unref(invite);
    return err;
}

/* Messages arrive at once; with none under way time leaps to the next timer. */
static int run(side sides[2], const sip_path from[2], sip_time_ms *now_ms)
{
    network *net = sides[0].wire;
    int err = 0;

    while (err == 0 &&
           (net->n > 0 || sip_fsm_count(sides[0].fsm) + sip_fsm_count(sides[1].fsm) > 0)) {
        if (net->n > 0) {
            bool to_callee = net->slots[0].to_callee;
            char bytes[sizeof net->slots[0].bytes];
            size_t len = net->slots[0].len;

            memcpy(bytes, net->slots[0].bytes, len);
            net->n--;
            memmove(&net->slots[0], &net->slots[1], net->n * sizeof net->slots[0]);
            err = deliver(&sides[to_callee], (sip_str){bytes, len}, &from[!to_callee]);
        } else {
            sip_time_ms one_ms = sip_fsm_next_due_ms(sides[0].fsm);
            sip_time_ms other_ms = sip_fsm_next_due_ms(sides[1].fsm);

            *now_ms = one_ms < other_ms ? one_ms : other_ms;
            sip_fsm_advance(sides[0].fsm, *now_ms);
            sip_fsm_advance(sides[1].fsm, *now_ms);
        }
    }
    return err;
}

int main(void)
{
    static network wire;
    sip_time_ms now_ms = 0;
    side sides[2] = {
        {.name = "caller", .wire = &wire, .now_ms = &now_ms},
        {.name = "callee", .is_callee = true, .wire = &wire, .now_ms = &now_ms},
    };
    sip_path at[2] = {{.protocol = SIP_PROTOCOL_UDP}, {.protocol = SIP_PROTOCOL_UDP}};
    int err = sip_addr_parse(SIP_STR("192.0.2.1"), 5060, &at[0].remote);

    if (err == 0) {
        err = sip_addr_parse(SIP_STR("192.0.2.2"), 5060, &at[1].remote);
    }
    for (int i = 0; err == 0 && i < 2; i++) {
        err = sip_fsm_create(NULL, &handler, &sides[i], &sides[i].fsm);
    }
    if (err == 0) {
        err = call(&sides[0], &at[1]);
    }
    if (err == 0) {
        err = run(sides, at, &now_ms);
    }
    sip_fsm_destroy(sides[0].fsm);
    sip_fsm_destroy(sides[1].fsm);
    if (err != 0) {
        fprintf(stderr, "event_driven: %s\n", sip_error_text(err));
    }
    return err != 0;
}
