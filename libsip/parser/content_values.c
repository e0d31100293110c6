/* Headers of content and of what is accepted of it. */
#include "parser/type_table.h"

static const sip_field media_type_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_media_type, type),
    SIP_HEAD(TOKEN, '/', sip_media_type, subtype),
    SIP_PARAM("boundary", STRING, sip_media_type, boundary),
    SIP_PARAM("charset", TOKEN, sip_media_type, charset),
    SIP_PARAM_HAS("q", Q, sip_media_type, q_permille, has_q),
};
static const sip_shape media_type_shape = SIP_SHAPE(media_type_fields, ';', sip_media_type, params);

SIP__TYPE(accept, "Accept", 0, true, "RFC 3261 20.1", sip_media_type, &media_type_shape);
SIP__TYPE(content_type, "Content-Type", 'c', false, "RFC 3261 20.15", sip_media_type,
          &media_type_shape);

static const sip_field ranked_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_ranked, name),
    SIP_PARAM_HAS("q", Q, sip_ranked, q_permille, has_q),
};
static const sip_shape ranked_shape = SIP_SHAPE(ranked_fields, ';', sip_ranked, params);

SIP__TYPE(accept_encoding, "Accept-Encoding", 0, true, "RFC 3261 20.2", sip_ranked, &ranked_shape);
SIP__TYPE(accept_language, "Accept-Language", 0, true, "RFC 3261 20.3", sip_ranked, &ranked_shape);

static const char *const handlings[] = {"optional", "required", NULL};

static const sip_field disposition_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_content_disposition, type),
    SIP_PARAM_CHOICE("handling", sip_content_disposition, handling_text, handling, handlings),
};
static const sip_shape disposition_shape =
    SIP_SHAPE(disposition_fields, ';', sip_content_disposition, params);

SIP__TYPE(content_disposition, "Content-Disposition", 0, false, "RFC 3261 20.11",
          sip_content_disposition, &disposition_shape);

SIP__TYPE(content_encoding, "Content-Encoding", 'e', true, "RFC 3261 20.12", sip_header_text,
          &sip__token_shape);
SIP__TYPE(content_language, "Content-Language", 0, true, "RFC 3261 20.13", sip_header_text,
          &sip__token_shape);
SIP__TYPE(content_length, "Content-Length", 'l', false, "RFC 3261 20.14", sip_header_number,
          &sip__number_shape);

static const sip_field mime_version_fields[] = {
    SIP_HEAD(NUMBER, 0, sip_mime_version, major_number),
    SIP_HEAD(NUMBER, '.', sip_mime_version, minor_number),
};
static const sip_shape mime_version_shape = SIP_SHAPE_HEAD(mime_version_fields);

SIP__TYPE(mime_version, "MIME-Version", 0, false, "RFC 3261 20.24", sip_mime_version,
          &mime_version_shape);
