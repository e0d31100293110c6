/* Events from outside for the machines, and their states in public words. */
#include "stack/fsm.h"

#include "transaction/ict.h"
#include "transaction/ist.h"
#include "transaction/nict.h"
#include "transaction/nist.h"

/* What a timer is to each machine, plus one; 0: it has none of this name. */
typedef struct timer_row {
    uint8_t ict, nict, ist, nist;
} timer_row;

static const timer_row timers[SIP_FSM_EVENTS] = {
    [SIP_FSM_TIMER_100] = {.ist = SIP__IST_TIMER_100 + 1, .nist = SIP__NIST_TIMER_100 + 1},
    [SIP_FSM_TIMER_A] = {.ict = SIP__ICT_TIMER_A + 1},
    [SIP_FSM_TIMER_B] = {.ict = SIP__ICT_TIMER_B + 1},
    [SIP_FSM_TIMER_D] = {.ict = SIP__ICT_TIMER_D + 1},
    [SIP_FSM_TIMER_E] = {.nict = SIP__NICT_TIMER_E + 1},
    [SIP_FSM_TIMER_F] = {.nict = SIP__NICT_TIMER_F + 1},
    [SIP_FSM_TIMER_G] = {.ist = SIP__IST_TIMER_G + 1},
    [SIP_FSM_TIMER_H] = {.ist = SIP__IST_TIMER_H + 1},
    [SIP_FSM_TIMER_I] = {.ist = SIP__IST_TIMER_I + 1},
    [SIP_FSM_TIMER_J] = {.nist = SIP__NIST_TIMER_J + 1},
    [SIP_FSM_TIMER_K] = {.nict = SIP__NICT_TIMER_K + 1},
    [SIP_FSM_TIMER_L] = {.ist = SIP__IST_TIMER_L + 1},
    [SIP_FSM_TIMER_M] = {.ict = SIP__ICT_TIMER_M + 1},
};

static int outcome(bool done)
{
    return done ? 0 : SIP_ESTATE;
}

/* ---- clients */

static int feed_ict(sip_client_tx *tx, unsigned event, const sip_msg *response)
{
    return outcome(sip__ict_step(tx, (sip__ict_event)event, response));
}

static int feed_nict(sip_client_tx *tx, unsigned event, const sip_msg *response)
{
    return outcome(sip__nict_step(tx, (sip__nict_event)event, response));
}

/* With what the layer does around the step: repetitions are announced and counted. */
static int receive_response(sip_client_tx *tx, const sip_msg *response)
{
    const int status = sip_msg_status(response);
    const bool is_final = status >= 200;
    bool has_effect;

    if (status == 0) {
        return SIP_EINVAL;
    }
    has_effect =
        tx->is_invite
            ? sip__ict_next((sip__ict_state)tx->state, sip__ict_event_of(status)) != SIP__ICT_NONE
            : sip__nict_next((sip__nict_state)tx->state,
                             is_final ? SIP__NICT_RX_FINAL : SIP__NICT_RX_1XX) != SIP__NICT_NONE;
    if (!tx->dead) {
        sip__client_tx_receive(tx, response);
    }
    return outcome(has_effect);
}

static int feed_client(sip_client_tx *tx, sip_fsm_event event, const sip_msg *msg)
{
    const unsigned timer = tx->is_invite ? timers[event].ict : timers[event].nict;
    int err;

    if (event == SIP_FSM_MESSAGE_IN) {
        return receive_response(tx, msg);
    }
    if (event == SIP_FSM_MESSAGE_OUT) {
        if (msg != NULL) {
            return SIP_EINVAL;
        }
        return tx->is_invite ? feed_ict(tx, SIP__ICT_SEND, NULL)
                             : feed_nict(tx, SIP__NICT_SEND, NULL);
    }
    if (event == SIP_FSM_TRANSPORT_ERROR) {
        tx->trouble = SIP_EIO;
        err = tx->is_invite ? feed_ict(tx, SIP__ICT_TP_ERROR, NULL)
                            : feed_nict(tx, SIP__NICT_TP_ERROR, NULL);
        tx->trouble = 0;
        return err;
    }
    if (timer == 0) {
        return SIP_EINVAL;
    }
    return tx->is_invite ? feed_ict(tx, timer - 1, NULL) : feed_nict(tx, timer - 1, NULL);
}

/* ---- servers */

static int feed_server_machine(sip_server_tx *tx, unsigned event)
{
    return outcome(tx->is_invite ? sip__ist_step(tx, (sip__ist_event)event, NULL)
                                 : sip__nist_step(tx, (sip__nist_event)event, NULL));
}

static int receive_request(sip_server_tx *tx, const sip_msg *msg)
{
    const bool is_ack = sip_msg_method(msg) == SIP_METHOD_ACK;
    bool has_effect;

    if (!sip_msg_is_request(msg) || (is_ack && !tx->is_invite)) {
        return SIP_EINVAL;
    }
    has_effect =
        tx->is_invite
            ? sip__ist_next((sip__ist_state)tx->state,
                            is_ack ? SIP__IST_RX_ACK : SIP__IST_RX_INVITE) != SIP__IST_NONE
            : sip__nist_next((sip__nist_state)tx->state, SIP__NIST_RX_REQUEST) != SIP__NIST_NONE;
    if (tx->dead) {
        return SIP_ESTATE;
    }
    if (!is_ack) {
        sip__server_tx_repeat(tx, msg);
    } else if (!sip__server_tx_ack(tx, msg)) {
        return SIP_EINVAL;
    }
    return outcome(has_effect);
}

static int feed_server(sip_server_tx *tx, sip_fsm_event event, const sip_msg *msg)
{
    const unsigned timer = tx->is_invite ? timers[event].ist : timers[event].nist;

    if (event == SIP_FSM_MESSAGE_IN) {
        return receive_request(tx, msg);
    }
    if (event == SIP_FSM_MESSAGE_OUT) {
        return sip_server_tx_send(tx, msg);
    }
    if (event == SIP_FSM_TRANSPORT_ERROR) {
        return feed_server_machine(tx, tx->is_invite ? (unsigned)SIP__IST_TP_ERROR
                                                     : (unsigned)SIP__NIST_TP_ERROR);
    }
    return timer == 0 ? SIP_EINVAL : feed_server_machine(tx, timer - 1);
}

/* ---- both */

int sip_fsm_feed(sip_fsm_tx *tx, sip_fsm_event event, const sip_msg *msg)
{
    sip_client_tx *client = sip__fsm_client(tx);
    sip_fsm *fsm = sip_fsm_of(tx);
    int err;

    if (fsm == NULL || (unsigned)event >= SIP_FSM_EVENTS) {
        return SIP_EINVAL;
    }
    sip__fsm_enter(fsm);
    err = client != NULL ? feed_client(client, event, msg)
                         : feed_server(sip__fsm_server(tx), event, msg);
    sip__fsm_leave(fsm);
    return err;
}

int sip_fsm_receive(sip_fsm *fsm, const sip_msg *msg)
{
    sip_fsm_tx *tx = sip_fsm_find(fsm, msg);

    if (fsm == NULL || msg == NULL) {
        return SIP_EINVAL;
    }
    return tx == NULL ? SIP_EGONE : sip_fsm_feed(tx, SIP_FSM_MESSAGE_IN, msg);
}

int sip_fsm_cancel(sip_fsm_tx *tx, const sip_extras *extras)
{
    sip_client_tx *client = sip__fsm_client(tx);
    sip_fsm *fsm = sip_fsm_of(tx);
    int err;

    if (client == NULL || !client->is_invite) {
        return SIP_EINVAL;
    }
    if (client->state == SIP__ICT_FINDING) {
        return SIP_ESTATE; /* sip_fsm_end(): there is nothing to cancel */
    }
    sip__fsm_enter(fsm);
    err = sip_client_tx_cancel(client, extras);
    sip__fsm_leave(fsm);
    return err;
}

void sip_fsm_end(sip_fsm_tx *tx)
{
    sip_client_tx *client = sip__fsm_client(tx);
    sip_server_tx *server = sip__fsm_server(tx);
    sip_fsm *fsm = sip_fsm_of(tx);

    if (fsm == NULL) {
        return;
    }
    sip__fsm_enter(fsm);
    if (client != NULL) {
        sip__client_tx_end(client);
    } else {
        sip__server_tx_end(server);
    }
    sip__fsm_leave(fsm);
}

/* ---- states */

static sip_fsm_state client_state(const sip_client_tx *tx)
{
    static const uint8_t ict[SIP__ICT_STATES] = {
        [SIP__ICT_FINDING] = SIP_FSM_READY,         [SIP__ICT_CALLING] = SIP_FSM_CALLING,
        [SIP__ICT_PROCEEDING] = SIP_FSM_PROCEEDING, [SIP__ICT_COMPLETED] = SIP_FSM_COMPLETED,
        [SIP__ICT_ACCEPTED] = SIP_FSM_ACCEPTED,     [SIP__ICT_TERMINATED] = SIP_FSM_TERMINATED,
    };
    static const uint8_t nict[SIP__NICT_STATES] = {
        [SIP__NICT_FINDING] = SIP_FSM_READY,         [SIP__NICT_TRYING] = SIP_FSM_TRYING,
        [SIP__NICT_PROCEEDING] = SIP_FSM_PROCEEDING, [SIP__NICT_COMPLETED] = SIP_FSM_COMPLETED,
        [SIP__NICT_TERMINATED] = SIP_FSM_TERMINATED,
    };

    return (sip_fsm_state)(tx->is_invite ? ict[tx->state] : nict[tx->state]);
}

static sip_fsm_state server_state(const sip_server_tx *tx)
{
    static const uint8_t ist[SIP__IST_STATES] = {
        [SIP__IST_PROCEEDING] = SIP_FSM_PROCEEDING, [SIP__IST_COMPLETED] = SIP_FSM_COMPLETED,
        [SIP__IST_CONFIRMED] = SIP_FSM_CONFIRMED,   [SIP__IST_ACCEPTED] = SIP_FSM_ACCEPTED,
        [SIP__IST_TERMINATED] = SIP_FSM_TERMINATED,
    };
    static const uint8_t nist[SIP__NIST_STATES] = {
        [SIP__NIST_TRYING] = SIP_FSM_TRYING,
        [SIP__NIST_PROCEEDING] = SIP_FSM_PROCEEDING,
        [SIP__NIST_COMPLETED] = SIP_FSM_COMPLETED,
        [SIP__NIST_TERMINATED] = SIP_FSM_TERMINATED,
    };

    return (sip_fsm_state)(tx->is_invite ? ist[tx->state] : nist[tx->state]);
}

sip_fsm_state sip_fsm_tx_state(const sip_fsm_tx *tx)
{
    const sip_client_tx *client = sip__fsm_client(tx);

    if (tx == NULL) {
        return SIP_FSM_TERMINATED;
    }
    return client != NULL ? client_state(client) : server_state(sip__fsm_server(tx));
}
