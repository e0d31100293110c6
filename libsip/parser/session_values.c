/* Headers of sessions: timers, reliable responses, how they are answered, what they are known by.
 */
#include "parser/type_table.h"

static const char *const refreshers[] = {"uac", "uas", NULL};

static const sip_field session_expires_fields[] = {
    SIP_HEAD(SECONDS, 0, sip_session_expires, interval_s),
    SIP_PARAM_CHOICE("refresher", sip_session_expires, refresher_text, refresher, refreshers),
};
static const sip_shape session_expires_shape =
    SIP_SHAPE(session_expires_fields, ';', sip_session_expires, params);

SIP__TYPE(session_expires, "Session-Expires", 'x', false, "RFC 4028 4", sip_session_expires,
          &session_expires_shape);

static const sip_field min_se_fields[] = {
    SIP_HEAD(SECONDS, 0, sip_min_se, interval_s),
};
static const sip_shape min_se_shape = SIP_SHAPE(min_se_fields, ';', sip_min_se, params);

SIP__TYPE(min_se, "Min-SE", 0, false, "RFC 4028 5", sip_min_se, &min_se_shape);

static const sip_field rack_fields[] = {
    SIP_HEAD(NUMBER, 0, sip_rack, rseq),
    SIP_HEAD(NUMBER, ' ', sip_rack, cseq),
    SIP_HEAD_CHOICE(METHOD, ' ', sip_rack, method_text, method, NULL),
};
static const sip_shape rack_shape = SIP_SHAPE_HEAD(rack_fields);

SIP__TYPE(rack, "RAck", 0, false, "RFC 3262 7.2", sip_rack, &rack_shape);
SIP__TYPE(rseq, "RSeq", 0, false, "RFC 3262 7.1", sip_header_number, &sip__number_shape);

static const char *const answer_modes[] = {"Manual", "Auto", NULL};

static const sip_field answer_mode_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_answer_mode, text, mode, answer_modes),
    SIP_PARAM("require", FLAG, sip_answer_mode, require),
};
static const sip_shape answer_mode_shape =
    SIP_SHAPE(answer_mode_fields, ';', sip_answer_mode, params);

SIP__TYPE(answer_mode, "Answer-Mode", 0, false, "RFC 5373 3", sip_answer_mode, &answer_mode_shape);
SIP__TYPE(priv_answer_mode, "Priv-Answer-Mode", 0, false, "RFC 5373 3", sip_answer_mode,
          &answer_mode_shape);

static const sip_field session_id_fields[] = {
    SIP_HEAD(HEX32, 0, sip_session_id, local),
    SIP_PARAM("remote", HEX32, sip_session_id, remote),
};
static const sip_shape session_id_shape = SIP_SHAPE(session_id_fields, ';', sip_session_id, params);

SIP__TYPE(session_id, "Session-ID", 0, false, "RFC 7989 5", sip_session_id, &session_id_shape);

static const sip_field user_to_user_fields[] = {
    SIP_HEAD(STRING, 0, sip_user_to_user, data),
    SIP_PARAM("purpose", TOKEN, sip_user_to_user, purpose),
    SIP_PARAM("content", TOKEN, sip_user_to_user, content),
    SIP_PARAM("encoding", TOKEN, sip_user_to_user, encoding),
};
static const sip_shape user_to_user_shape =
    SIP_SHAPE(user_to_user_fields, ';', sip_user_to_user, params);

SIP__TYPE(user_to_user, "User-to-User", 0, true, "RFC 7433 4.1", sip_user_to_user,
          &user_to_user_shape);

static const sip_field info_package_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_info_package, name),
};
static const sip_shape info_package_shape =
    SIP_SHAPE(info_package_fields, ';', sip_info_package, params);

SIP__TYPE(info_package, "Info-Package", 0, false, "RFC 6086 7.2", sip_info_package,
          &info_package_shape);
SIP__TYPE(recv_info, "Recv-Info", 0, true, "RFC 6086 7.3", sip_info_package, &info_package_shape);
