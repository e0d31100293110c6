/* Headers of one element: tokens, words, texts, numbers, times. */
#include "parser/type_table.h"

static const sip_field token_fields[] = {SIP_HEAD(TOKEN, 0, sip_header_text, text)};
const sip_shape sip__token_shape = SIP_SHAPE_HEAD(token_fields);

SIP__TYPE(supported, "Supported", 'k', true, "RFC 3261 20.37", sip_header_text, &sip__token_shape);
SIP__TYPE(require, "Require", 0, true, "RFC 3261 20.32", sip_header_text, &sip__token_shape);
SIP__TYPE(proxy_require, "Proxy-Require", 0, true, "RFC 3261 20.29", sip_header_text,
          &sip__token_shape);
SIP__TYPE(unsupported, "Unsupported", 0, true, "RFC 3261 20.40", sip_header_text,
          &sip__token_shape);
SIP__TYPE(priority, "Priority", 0, false, "RFC 3261 20.26", sip_header_text, &sip__token_shape);

static const sip_field word_fields[] = {SIP_HEAD(WORD, 0, sip_header_text, text)};
const sip_shape sip__word_shape = SIP_SHAPE_HEAD(word_fields);

SIP__TYPE(call_id, "Call-ID", 'i', false, "RFC 3261 20.8", sip_header_text, &sip__word_shape);
SIP__TYPE(in_reply_to, "In-Reply-To", 0, true, "RFC 3261 20.21", sip_header_text, &sip__word_shape);

static const sip_field text_fields[] = {SIP_HEAD(TEXT, 0, sip_header_text, text)};
static const sip_shape text_shape = SIP_SHAPE_HEAD(text_fields);

SIP__TYPE(organization, "Organization", 0, false, "RFC 3261 20.25", sip_header_text, &text_shape);
SIP__TYPE(server, "Server", 0, false, "RFC 3261 20.35", sip_header_text, &text_shape);
SIP__TYPE(subject, "Subject", 's', false, "RFC 3261 20.36", sip_header_text, &text_shape);
SIP__TYPE(user_agent, "User-Agent", 0, false, "RFC 3261 20.41", sip_header_text, &text_shape);

static const sip_field number_fields[] = {SIP_HEAD(NUMBER, 0, sip_header_number, number)};
const sip_shape sip__number_shape = SIP_SHAPE_HEAD(number_fields);

SIP__TYPE(max_forwards, "Max-Forwards", 0, false, "RFC 3261 20.22", sip_header_number,
          &sip__number_shape);
SIP__TYPE(max_breadth, "Max-Breadth", 0, false, "RFC 5393", sip_header_number, &sip__number_shape);

static const sip_field seconds_fields[] = {SIP_HEAD(SECONDS, 0, sip_header_number, number)};
static const sip_shape seconds_shape = SIP_SHAPE_HEAD(seconds_fields);

SIP__TYPE(expires, "Expires", 0, false, "RFC 3261 20.19", sip_header_number, &seconds_shape);
SIP__TYPE(min_expires, "Min-Expires", 0, false, "RFC 3261 20.23", sip_header_number,
          &seconds_shape);
SIP__TYPE(flow_timer, "Flow-Timer", 0, false, "RFC 5626 10", sip_header_number, &seconds_shape);

static const sip_field allow_fields[] = {
    SIP_HEAD_CHOICE(METHOD, 0, sip_allow, text, method, NULL),
};
static const sip_shape allow_shape = SIP_SHAPE_HEAD(allow_fields);

SIP__TYPE(allow, "Allow", 0, true, "RFC 3261 20.5", sip_allow, &allow_shape);

static const sip_field cseq_fields[] = {
    SIP_HEAD(NUMBER, 0, sip_cseq, number),
    SIP_HEAD_CHOICE(METHOD, ' ', sip_cseq, method_text, method, NULL),
};
static const sip_shape cseq_shape = SIP_SHAPE_HEAD(cseq_fields);

SIP__TYPE(cseq, "CSeq", 0, false, "RFC 3261 20.16", sip_cseq, &cseq_shape);

static const sip_field date_fields[] = {SIP_HEAD(DATE, 0, sip_header_date, unix_s)};
static const sip_shape date_shape = SIP_SHAPE_HEAD(date_fields);

SIP__TYPE(date, "Date", 0, false, "RFC 3261 20.17", sip_header_date, &date_shape);

static const sip_field timestamp_fields[] = {
    SIP_HEAD(US, 0, sip_timestamp, sent_us),
    SIP_HEAD_HAS(US, ' ', sip_timestamp, delay_us, has_delay),
};
static const sip_shape timestamp_shape = SIP_SHAPE_HEAD(timestamp_fields);

SIP__TYPE(timestamp, "Timestamp", 0, false, "RFC 3261 20.38", sip_timestamp, &timestamp_shape);

static const sip_field resource_fields[] = {
    SIP_HEAD(LABEL, 0, sip_resource_priority, name_space),
    SIP_HEAD(LABEL, '.', sip_resource_priority, priority),
};
static const sip_shape resource_shape = SIP_SHAPE_HEAD(resource_fields);

SIP__TYPE(resource_priority, "Resource-Priority", 0, true, "RFC 4412 3.1", sip_resource_priority,
          &resource_shape);
SIP__TYPE(accept_resource_priority, "Accept-Resource-Priority", 0, true, "RFC 4412 3.2",
          sip_resource_priority, &resource_shape);
