#include "stack/queue_side.h"

#include "base/siphash.h"
#include "transaction/match.h"
#include <string.h>

/* A request that awaits its answer from the thread. */
struct asked {
    sip_map_node node;
    sip__queue_side *side;
    sip_server_tx *tx;
    sip__match_key key;
};

/* A request of the thread's, under way. */
struct sent {
    sip_list link;
    sip__queue_side *side;
    sip_client_tx *tx;
    sip_msg *request; /* as it was posted */
    bool answered;    /* finally: its place in the queue is taken */
};

/* A posted message on its way to a worker. */
struct errand {
    sip__queue_side *side;
    unsigned tried; /* workers that do not know what it is about */
    sip_msg *msg;
};

static void count(atomic_uint_fast64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* What a response has in common with its request and with no other one: the topmost Via without
 * what was added on the way, Call-ID, From tag, CSeq. */
static bool make_key(const sip__tu_queue *queue, const sip_msg *msg, sip__match_key *ret_key)
{
    const uint64_t *secret = queue->secret;
    const sip_via *via = sip_msg_via(msg, 0);
    const sip_address *from = sip_msg_from(msg);
    const sip_cseq *cseq = sip_msg_cseq(msg);

    if (via == NULL || from == NULL || cseq == NULL) {
        return false;
    }
    ret_key->part[0] = sip__siphash(secret, via->branch);
    ret_key->part[1] = sip__siphash(secret, via->host) ^ via->port;
    ret_key->part[2] = sip__siphash(secret, sip_msg_call_id(msg)) ^ cseq->number;
    ret_key->part[3] = sip__siphash(secret, from->tag) + sip__siphash(secret, cseq->method_text);
    return true;
}

static struct asked *find_asked(const sip__queue_side *side, const sip_msg *response)
{
    sip__match_key key;
    sip_map_node *at;

    if (!make_key(side->queue, response, &key)) {
        return NULL;
    }
    for (at = sip_map_first(&side->servers, sip__match_key_hash(&key)); at != NULL;
         at = sip_map_next(at)) {
        struct asked *asked = SIP_CONTAINER_OF(at, struct asked, node);

        if (sip__match_key_equal(&asked->key, &key)) {
            return asked;
        }
    }
    return NULL;
}

/* ---- from the network to the thread */

/* A copy, since a message belongs to one thread; `spare` places stay free. */
static bool hand_over(sip__tu_queue *queue, const sip_msg *msg, size_t spare)
{
    sip_msg *copy;

    if (sip_msg_copy(msg, &copy) != 0) {
        return false;
    }
    if (!sip__inbox_put(queue->inbox, copy, spare)) {
        (void)sip_msg_unref(copy);
        return false;
    }
    return true;
}

static void hand_over_or_drop(sip__tu_queue *queue, const sip_msg *msg)
{
    if (!hand_over(queue, msg, 0)) {
        count(&queue->dropped);
    }
}

static void refuse(sip__tu_queue *queue, sip_server_tx *tx)
{
    static const sip_header headers[] = {{"Retry-After", "1"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};

    count(&queue->refused);
    if (sip_server_tx_respond(tx, 503, &extras) != 0) {
        sip_server_tx_abandon(tx);
    }
}

static void on_request(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sip__queue_side *side = user_data;
    const sip_msg *request = sip_server_tx_request(tx);
    struct asked *asked = sip_alloc0(side->queue->allocator, sizeof(*asked));

    (void)tu;
    if (asked == NULL || !make_key(side->queue, request, &asked->key) ||
        !hand_over(side->queue, request, side->queue->room / 2)) {
        sip_free(side->queue->allocator, asked);
        refuse(side->queue, tx);
        return;
    }
    asked->side = side;
    asked->tx = tx;
    sip_map_insert(&side->servers, sip__match_key_hash(&asked->key), &asked->node);
    sip_server_tx_set_data(tx, asked);
}

static void on_server_tx_ended(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    struct asked *asked = sip_server_tx_data(tx);

    (void)tu;
    (void)user_data;
    if (asked != NULL) {
        sip_map_remove(&asked->side->servers, &asked->node);
        sip_free(asked->side->queue->allocator, asked);
    }
}

static void on_message(sip_tu *tu, const sip_msg *msg, void *user_data)
{
    sip__queue_side *side = user_data;

    (void)tu;
    hand_over_or_drop(side->queue, msg);
}

/* Without room for the CANCEL the INVITE is answered for the thread. */
static void on_cancel(sip_tu *tu, sip_server_tx *tx, void *user_data)
{
    sip__queue_side *side = user_data;
    sip_msg *cancel = NULL;

    (void)tu;
    if (sip_cancel_create(sip_server_tx_request(tx), NULL, &cancel) != 0 ||
        !sip__inbox_put(side->queue->inbox, cancel, 0)) {
        (void)sip_msg_unref(cancel);
        count(&side->queue->dropped);
        sip_server_tx_respond(tx, 487, NULL);
    }
}

static void on_stop(sip_tu *tu, void *user_data)
{
    sip__queue_side *side = user_data;

    (void)tu;
    atomic_store(&side->queue->stopping, true);
    sip__inbox_wind_down(side->queue->inbox);
}

static void on_destroy(sip_tu *tu, void *user_data)
{
    sip__queue_side *side = user_data;
    sip__tu_queue *queue = side->queue;

    (void)tu;
    sip_map_finish(&side->servers);
    if (atomic_fetch_sub(&queue->left, 1) == 1) {
        sip__inbox_destroy(queue->inbox);
        sip_free(queue->allocator, queue);
    }
}

const sip_tu_handler sip__queue_side_handler = {
    .on_request = on_request,
    .on_ack = on_message,
    .on_cancel = on_cancel,
    .on_stray_response = on_message,
    .on_server_tx_ended = on_server_tx_ended,
    .on_stop = on_stop,
    .on_destroy = on_destroy,
};

/* ---- answers to what the thread has sent */

/* Final answers have a place that is held for them. Takes `answer`; NULL: there was no memory. */
static void give_final(sip__tu_queue *queue, sip_msg *answer)
{
    if (answer != NULL) {
        sip__inbox_put_held(queue->inbox, answer);
    } else {
        count(&queue->dropped);
        sip__inbox_release(queue->inbox);
    }
}

/* What may stand between quotes. */
static void write_quoted(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (; *text != '\0' && n + 2 < size; text++) {
        if (*text == '"' || *text == '\\') {
            out[n++] = '\\';
        }
        out[n++] = *text < ' ' ? ' ' : *text;
    }
    out[n] = '\0';
}

static void answer_for_nobody(sip__tu_queue *queue, const sip_msg *request, int status,
                              const char *why)
{
    char quoted[400], warning[440] = "399 parley \"";
    const sip_header headers[] = {{"Warning", warning}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    sip_msg *answer = NULL;
    size_t n = strlen(warning);

    write_quoted(why, quoted, sizeof(quoted));
    memcpy(warning + n, quoted, strlen(quoted));
    memcpy(warning + n + strlen(quoted), "\"", 2);
    (void)sip_response_create(request, status, (sip_str){NULL, 0}, &extras, &answer);
    give_final(queue, answer);
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    struct sent *sent = user_data;
    sip__tu_queue *queue = sent->side->queue;
    sip_msg *copy = NULL;

    (void)tx;
    if (sip_msg_status(response) < 200 || sent->answered) {
        hand_over_or_drop(queue, response);
        return;
    }
    sent->answered = true;
    (void)sip_msg_copy(response, &copy);
    give_final(queue, copy);
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    struct sent *sent = user_data;

    (void)tx;
    if (!sent->answered) {
        sent->answered = true;
        answer_for_nobody(sent->side->queue, sent->request, failure->status, failure->text);
    }
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    struct sent *sent = user_data;
    sip__tu_queue *queue = sent->side->queue;

    (void)tx;
    if (!sent->answered) {
        sip__inbox_release(queue->inbox);
    }
    sip_list_remove(&sent->link);
    (void)sip_msg_unref(sent->request);
    sip_free(queue->allocator, sent);
}

static const sip_client_tx_handler client_handler = {
    .on_response = on_response,
    .on_failed = on_failed,
    .on_ended = on_ended,
};

/* ---- from the thread to the network, on a worker */

static void begin_client(sip__queue_side *side, sip_msg *request)
{
    sip__tu_queue *queue = side->queue;
    struct sent *sent = sip_alloc0(queue->allocator, sizeof(*sent));
    int err = SIP_ENOMEM;

    if (sent != NULL) {
        sent->side = side;
        sent->request = sip_msg_ref(request);
        err = sip_client_tx_create(side->tu, request, NULL, &client_handler, sent, &sent->tx);
    }
    if (err == 0) {
        sip_list_append(&side->clients, &sent->link);
        return;
    }
    if (sent != NULL) {
        (void)sip_msg_unref(sent->request);
        sip_free(queue->allocator, sent);
    }
    answer_for_nobody(queue, request, sip_error_status(err), sip_error_text(err));
}

static struct sent *find_sent(const sip__queue_side *side, const sip_msg *cancel)
{
    const sip_cseq *cseq = sip_msg_cseq(cancel);
    const sip_address *from = sip_msg_from(cancel);

    for (sip_list *at = side->clients.next; at != &side->clients; at = at->next) {
        struct sent *sent = SIP_CONTAINER_OF(at, struct sent, link);
        const sip_cseq *its_cseq = sip_msg_cseq(sent->request);
        const sip_address *its_from = sip_msg_from(sent->request);

        if (cseq != NULL && from != NULL && its_cseq != NULL && its_from != NULL &&
            cseq->number == its_cseq->number && sip_str_same(from->tag, its_from->tag) &&
            sip_str_same(sip_msg_call_id(cancel), sip_msg_call_id(sent->request))) {
            return sent;
        }
    }
    return NULL;
}

/* @return false if nothing on this side is meant */
static bool cancel(const sip__queue_side *side, const sip_msg *msg)
{
    const struct sent *sent = find_sent(side, msg);

    return sent != NULL && sip_client_tx_cancel(sent->tx, NULL) == 0;
}

static bool answer(const sip__queue_side *side, const sip_msg *response)
{
    const struct asked *asked = find_asked(side, response);

    return asked != NULL && sip_server_tx_send(asked->tx, response) == 0;
}

/* @return false if it may concern another side */
static bool deliver(sip__queue_side *side, sip_msg *msg)
{
    if (!sip_msg_is_request(msg)) {
        return answer(side, msg);
    }
    if (sip_msg_method(msg) == SIP_METHOD_CANCEL) {
        return cancel(side, msg);
    }
    if (sip_msg_method(msg) == SIP_METHOD_ACK) {
        (void)sip_tu_send(side->tu, msg, NULL, NULL);
    } else {
        begin_client(side, msg);
    }
    return true;
}

static void run_errand(void *arg)
{
    struct errand *errand = arg;
    sip__queue_side *side = errand->side;
    sip__tu_queue *queue = side->queue;

    if (!deliver(side, errand->msg)) {
        if (++errand->tried < queue->n_sides) {
            errand->side = &queue->sides[(side->index + 1) % queue->n_sides];
            if (sip_worker_post(sip_tu_worker(errand->side->tu), run_errand, errand) == 0) {
                return;
            }
        }
        count(&queue->late);
    }
    (void)sip_msg_unref(errand->msg);
    sip_free(queue->allocator, errand);
}

int sip__queue_side_post(sip__queue_side *side, sip_msg *msg)
{
    const sip_allocator *allocator = side->queue->allocator;
    struct errand *errand = sip_alloc(allocator, sizeof(*errand));

    if (errand == NULL) {
        return SIP_ENOMEM;
    }
    *errand = (struct errand){.side = side, .msg = msg};
    if (sip_worker_post(sip_tu_worker(side->tu), run_errand, errand) != 0) {
        sip_free(allocator, errand);
        return SIP_ENOMEM;
    }
    return 0;
}
