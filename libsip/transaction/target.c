#include "transaction/target.h"

#include "transaction/ict.h"
#include "transaction/left_branch.h"
#include "transaction/nict.h"
#include <stdio.h>

#define MOST_TRIES 8u
#define REFUSED 503

/* ---- one target */

static int print(sip_client_tx *tx, sip_path *path, sip_str branch, sip_msg **ret_sent)
{
    return tx->print != NULL ? tx->print(tx, path, branch, ret_sent)
                             : sip__next_hop_print(tx->layer, tx->request, path, branch, ret_sent);
}

/* The same with another Via alone: a Contact stays what it is, whichever way a long request takes.
 * A relay's Record-Route does not. */
static int print_anew(sip_client_tx *tx, const sip_msg *sent, sip_path *path, sip_str branch,
                      sip_msg **ret_sent)
{
    sip_edit *edit;
    sip_msg *bare;
    int err;

    if (tx->print != NULL) {
        return tx->print(tx, path, branch, ret_sent);
    }
    edit = sip_edit_create(sent);
    sip_edit_remove_values(edit, SIP_HEADER_VIA, 1);
    err = sip_edit_finish(edit, &bare);
    if (err != 0) {
        return err;
    }
    err = sip__next_hop_print(tx->layer, bare, path, branch, ret_sent);
    (void)sip_msg_unref(bare);
    return err;
}

/* A request that might be cut up on its way goes by TCP (RFC 3261 18.1.1), if it can. */
static void switch_by_size(sip_client_tx *tx, sip_str branch, sip_msg **sent)
{
    sip__layer *layer = tx->layer;
    sip_path path = {.protocol = SIP_PROTOCOL_TCP, .remote = tx->path.remote};
    sip_msg *printed;

    if (tx->path_given ||
        !sip__next_hop_is_too_long(layer, &tx->path,
                                   tx->too_long ? SIZE_MAX : sip_msg_bytes(*sent).len)) {
        return;
    }
    if (tx->came_back || !sip__next_hop_takes_stream(layer, &path) ||
        print_anew(tx, *sent, &path, branch, &printed) != 0) {
        layer->stats.could_not_switch++;
        return;
    }
    (void)sip_msg_unref(*sent);
    *sent = printed;
    tx->path = path;
    tx->switched = true;
    layer->stats.switched_to_stream++;
}

/* Has this target asked for less than we would send it (RFC 7339 5.5)? */
static bool is_held_back(sip_client_tx *tx)
{
    sip__layer *layer = tx->layer;

    if (!layer->downstream.on ||
        sip__downstream_admits(&layer->downstream, &tx->path,
                               sip__request_classify(tx->request, layer->config.trust_priority),
                               sip_worker_now_ms(layer->config.worker))) {
        return false;
    }
    layer->stats.held_back++;
    return true;
}

/* Begin (again) at tx->path, under a new branch. */
static int go(sip_client_tx *tx)
{
    char room[SIP__BRANCH_BYTES];
    sip_str branch;
    sip_msg *sent;
    int err;

    if (is_held_back(tx)) {
        return SIP_EBUSY;
    }
    branch = sip__ident_branch(tx->layer->config.ident, room);
    err = print(tx, &tx->path, branch, &sent);
    if (err != 0) {
        return err;
    }
    switch_by_size(tx, branch, &sent);
    err = sip__client_tx_map(tx, branch);
    if (err != 0) {
        (void)sip_msg_unref(sent);
        return err;
    }
    (void)sip_msg_unref(tx->sent);
    tx->sent = sent;
    tx->reliable = sip_protocol_is_reliable(tx->path.protocol);
    if (tx->is_invite) {
        (void)sip__ict_step(tx, SIP__ICT_SEND, NULL);
    } else {
        (void)sip__nict_step(tx, SIP__NICT_SEND, NULL);
    }
    return 0;
}

/* The machine stands as before the first target. */
static void restart(sip_client_tx *tx)
{
    sip__client_tx_unmap(tx);
    sip__client_tx_disarm(tx);
    sip_list_remove(&tx->await_link);
    tx->sent = sip_msg_unref(tx->sent);
    tx->answered = tx->again = tx->stood = tx->switched = tx->came_back = tx->too_long = false;
    tx->flow = 0;
    tx->trouble = 0; /* of the target before */
    tx->state = tx->is_invite ? (uint8_t)SIP__ICT_FINDING : (uint8_t)SIP__NICT_FINDING;
}

/* ---- racing for one of several addresses */

static size_t group_size(const sip__finder *finder)
{
    const sip_hop *first = &finder->locate.targets[finder->next];
    size_t left = finder->locate.n_targets - finder->next;
    size_t n = 1;

    if (!sip_protocol_is_reliable(first->protocol)) {
        return 1;
    }
    while (n < left && n < SIP__RACERS_MAX && first[n].protocol == first->protocol &&
           first[n].group == first->group) {
        n++;
    }
    return n;
}

/* Move those that fell, then the winner, to the front; the others stay to be tried. */
static void take_winner(sip_client_tx *tx)
{
    sip__finder *finder = tx->finder;
    sip__racers *racers = &finder->racers;
    sip_hop *hops = &finder->locate.targets[finder->next];
    sip_hop winner = hops[racers->winner];
    sip_hop others[SIP__RACERS_MAX];
    size_t n_others = 0, n_front = 0;

    tx->tries += (uint8_t)sip__racers_started(racers);
    for (size_t i = 0; i < racers->race.n; i++) {
        if (sip__racers_has_fallen(racers, i)) {
            hops[n_front++] = hops[i];
        } else if (i != racers->winner) {
            others[n_others++] = hops[i];
        }
    }
    hops[n_front++] = winner;
    for (size_t i = 0; i < n_others; i++) {
        hops[n_front + i] = others[i];
    }
    finder->next += n_front;
    tx->path = sip__next_hop_path(tx->layer, finder, finder->next - 1);
}

static void take_loss(sip_client_tx *tx)
{
    sip__finder *finder = tx->finder;

    tx->tries += (uint8_t)finder->racers.race.n;
    finder->next += finder->racers.race.n;
    tx->path = sip__next_hop_path(tx->layer, finder, finder->next - 1);
}

static void on_raced(sip__racers *racers, int err, const char *text)
{
    sip_client_tx *tx = racers->arg;

    if (tx->dead || tx->trouble != 0) { /* cancelled in this turn: nothing is to leave any more */
        sip__racers_stop(racers);
        return;
    }
    if (err == 0) {
        take_winner(tx);
        err = go(tx);
        text = sip_error_text(err);
    } else {
        take_loss(tx);
    }
    sip__racers_stop(racers);
    if (err != 0) {
        sip__client_tx_fail(tx, err, text);
    }
}

/* @return 0: tx->path leads to a connection that stands, sip__racers_stop() is due; SIP_EAGAIN: the
 * race is on; SIP_EUNSUPPORTED: there is none; else it is lost */
static int race(sip_client_tx *tx)
{
    sip__finder *finder = tx->finder;
    size_t n = group_size(finder);
    int err;

    if (n < 2) {
        return SIP_EUNSUPPORTED;
    }
    finder->racers.done = on_raced;
    finder->racers.arg = tx;
    err = sip__racers_start(&finder->racers, tx->layer, &finder->locate.targets[finder->next], n,
                            sip__next_hop_path(tx->layer, finder, finder->next).server);
    if (err == 0) {
        take_winner(tx);
    } else if (err != SIP_EAGAIN && err != SIP_EUNSUPPORTED) {
        take_loss(tx);
    }
    return err;
}

/* ---- from target to target */

static bool may_go_on(const sip_client_tx *tx)
{
    const sip__finder *finder = tx->finder;

    return tx->request != NULL && finder != NULL && !tx->cancelled && tx->tries < MOST_TRIES &&
           finder->next < finder->locate.n_targets;
}

/* Go to the next target that was found, if there is one and no answer stands against it. */
static bool go_on(sip_client_tx *tx)
{
    sip__finder *finder = tx->finder;

    while (may_go_on(tx)) {
        int err = race(tx);

        if (err == SIP_EAGAIN) {
            return true;
        }
        if (err == SIP_EUNSUPPORTED) {
            tx->path = sip__next_hop_path(tx->layer, finder, finder->next++);
            tx->tries++;
            err = 0;
        }
        if (err == 0) {
            err = go(tx);
        }
        sip__racers_stop(&finder->racers);
        if (err == 0) {
            return true;
        }
    }
    return false;
}

/* No datagram so long gets there, whatever we thought of the way. */
static bool go_by_stream(sip_client_tx *tx)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = tx->path.remote};

    if (tx->path.protocol != SIP_PROTOCOL_UDP || tx->path_given || tx->too_long || tx->came_back ||
        tx->request == NULL || tx->cancelled) {
        return false;
    }
    restart(tx);
    tx->too_long = true;
    tx->path = path;
    return go(tx) == 0;
}

/* The peer does not take by TCP what was too long for UDP: by UDP after all (RFC 3261 18.1.1). */
static bool go_back_to_udp(sip_client_tx *tx)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP, .remote = tx->path.remote};

    if (!tx->switched || tx->request == NULL || tx->cancelled) {
        return false;
    }
    restart(tx);
    tx->came_back = true;
    tx->path = path;
    return go(tx) == 0;
}

void sip__client_tx_fail(sip_client_tx *tx, int err, const char *text)
{
    const bool heard = tx->answered || tx->sent == NULL;

    if (tx->dead) {
        return;
    }
    if (!heard) {
        sip__layer_note_failed(tx->layer, &tx->path,
                               tx->reliable ? SIP__HEALTH_CONNECT : SIP__HEALTH_UNREACHABLE, err);
        if (err == SIP_ETOOBIG ? go_by_stream(tx) : go_back_to_udp(tx)) {
            return;
        }
    }
    if (!tx->answered && may_go_on(tx)) {
        if (!tx->reliable) {
            sip__left_branch_keep(tx); /* an earlier copy may have arrived */
        }
        restart(tx);
        if (go_on(tx)) {
            return;
        }
    }
    tx->trouble = err;
    tx->cause = text;
    if (tx->is_invite) {
        (void)sip__ict_step(tx, SIP__ICT_TP_ERROR, NULL);
    } else {
        (void)sip__nict_step(tx, SIP__NICT_TP_ERROR, NULL);
    }
    tx->cause = NULL;
    tx->trouble = 0;
}

bool sip__target_timed_out(sip_client_tx *tx)
{
    if (tx->left || tx->answered) {
        return false;
    }
    sip__layer_note_failed(tx->layer, &tx->path, SIP__HEALTH_TIMEOUT, SIP_EIO);
    if (!may_go_on(tx)) {
        return false;
    }
    sip__left_branch_keep(tx);
    restart(tx);
    if (!go_on(tx)) {
        sip__client_tx_fail(tx, SIP_EIO, "no transport leads to a further target");
    }
    return true;
}

/* Its target is settled: no other will be tried. */
static void settle(sip_client_tx *tx)
{
    tx->request = sip_msg_unref(tx->request);
    sip__next_hop_release(tx->layer, tx->finder);
    tx->finder = NULL;
}

bool sip__target_answered(sip_client_tx *tx, const sip_msg *response)
{
    int status = sip_msg_status(response);

    sip_list_remove(&tx->await_link);
    if (!tx->final) {
        sip__layer_note_answer(tx->layer, &tx->path, response);
    }
    tx->answered = true;
    tx->final = tx->final || status >= 200;
    if (status == REFUSED && may_go_on(tx)) {
        sip_client_tx *left = sip__left_branch_keep(tx);

        tx->final = false;
        restart(tx);
        if (left != NULL) {
            sip__client_tx_receive(left, response);
        }
        if (!go_on(tx)) {
            sip__client_tx_fail(tx, SIP_EIO, "refused by 503");
        }
        return true;
    }
    /* A 100 says no more than that somebody is there (RFC 3261 21.1.1): a 503 may follow it. */
    if (status > 100 || !may_go_on(tx)) {
        settle(tx);
    }
    return false;
}

const char *sip__target_text(const sip_client_tx *tx, char out[SIP__TARGET_TEXT_BYTES])
{
    out[0] = '\0';
    if (tx->tries > 1) {
        (void)snprintf(out, SIP__TARGET_TEXT_BYTES, " (the last of %u targets tried)",
                       (unsigned)tx->tries);
    }
    return out;
}

/* ---- the first one */

/* All that were found are out of the question. */
static void fail_unsent(sip_client_tx *tx)
{
    if (tx->layer->downstream.on && tx->path.protocol != SIP_PROTOCOL_NONE) {
        sip__client_tx_fail(tx, SIP_EBUSY, "not sent: the peer says that it is overloaded");
    } else {
        sip__client_tx_fail(tx, SIP_EUNSUPPORTED, "no transport leads there");
    }
}

static void on_located(sip__locate *locate, int err, const char *text)
{
    sip_client_tx *tx = locate->arg;

    if (tx->dead || tx->trouble != 0) {
        return;
    }
    if (err != 0) {
        sip__client_tx_fail(tx, err, text);
        return;
    }
    sip__next_hop_order(tx->layer, tx->finder);
    if (!go_on(tx)) {
        fail_unsent(tx);
    }
}

static int find(sip_client_tx *tx, const sip__way *way)
{
    sip__seek seek = {.fn = on_located, .arg = tx, .prefer = way->prefer, .uri = way->uri};
    sip_uri room;
    int err =
        seek.uri != NULL ? 0 : sip__next_hop_uri(tx->request, way->next_hop, &room, &seek.uri);

    tx->hop_given = way->next_hop != NULL || way->uri != NULL;
    if (err != 0) {
        return err;
    }
    err = sip__next_hop_find(tx->layer, &seek, &tx->path, &tx->finder);
    if (err != 0 || tx->finder == NULL) {
        return err != 0 ? err : go(tx);
    }
    return go_on(tx) ? 0 : SIP_EUNSUPPORTED;
}

int sip__target_begin(sip_client_tx *tx, const sip__way *way)
{
    int err;

    if (way->path != NULL) {
        tx->path = *way->path;
        tx->path_given = true;
        err = go(tx);
    } else {
        err = find(tx, way);
    }
    if (err == SIP_ENOMEM || err == SIP_EINVAL) {
        return err;
    }
    if (err != 0 && err != SIP_EAGAIN) {
        sip__client_tx_defer(tx, err);
    }
    return 0;
}
