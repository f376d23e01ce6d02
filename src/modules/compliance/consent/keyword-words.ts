/** The words that end and begin consent, by language, and the answers to them. */

export type KeywordType = "STOP" | "START" | "HELP";

/** Words and answers of a language. */
export interface KeywordLanguage {
  readonly stop: readonly string[];
  readonly start: readonly string[];
  readonly help: readonly string[];
  /** Sent where neither service nor number has texts of its own. */
  readonly replies: Readonly<Record<KeywordType, string>>;
}

/**
 * English holds everywhere and cannot be taken away. Its words are those of Twilio and the FCC
 * (47 CFR 64.1200(a)(10)); ARRET and AIDE are what Canada's carriers demand of bilingual programs.
 */
export const KEYWORD_LANGUAGES: Readonly<Record<string, KeywordLanguage>> = {
  en: {
    stop: ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
    start: ["START", "YES", "UNSTOP"],
    help: ["HELP", "INFO"],
    replies: {
      STOP: "You are unsubscribed and will get no more messages from this number. Text START to get them again.",
      START: "You are subscribed again and will get messages from this number. Text HELP for help, STOP to end.",
      HELP: "Text STOP to get no more messages from this number. Message and data rates may apply.",
    },
  },
  fr: {
    stop: ["ARRET", "ARRÊT", "DESABONNER", "DÉSABONNER", "DESABONNEMENT"],
    start: ["DEBUT", "DÉBUT", "REPRENDRE"],
    help: ["AIDE", "CONTACT"],
    replies: {
      STOP: "Vous êtes désabonné et ne recevrez plus de messages de ce numéro. Pour reprendre, envoyez START.",
      START: "Vous êtes de nouveau abonné aux messages de ce numéro. Envoyez AIDE pour de l'aide, STOP pour arrêter.",
      HELP: "Envoyez STOP pour ne plus recevoir de messages de ce numéro.",
    },
  },
  de: {
    stop: ["STOPP", "ABMELDEN", "ABBESTELLEN", "ENDE"],
    start: ["ANMELDEN", "STARTEN"],
    help: ["HILFE"],
    replies: {
      STOP: "Sie sind abgemeldet und erhalten keine Nachrichten von dieser Nummer mehr. Mit START melden Sie sich wieder an.",
      START:
        "Sie sind wieder angemeldet und erhalten Nachrichten von dieser Nummer. HILFE für Hilfe, STOPP zum Beenden.",
      HELP: "Senden Sie STOPP, um keine Nachrichten von dieser Nummer mehr zu erhalten.",
    },
  },
  es: {
    stop: ["ALTO", "BAJA", "CANCELAR", "PARAR"],
    start: ["INICIAR", "ALTA"],
    help: ["AYUDA"],
    replies: {
      STOP: "Se ha dado de baja y no recibirá más mensajes de este número. Envíe START para volver a recibirlos.",
      START: "Se ha dado de alta y recibirá mensajes de este número. Envíe AYUDA para ayuda o STOP para terminar.",
      HELP: "Envíe STOP para no recibir más mensajes de este número.",
    },
  },
  pt: {
    stop: ["SAIR", "PARAR", "CANCELAR"],
    start: ["INICIAR", "VOLTAR"],
    help: ["AJUDA"],
    replies: {
      STOP: "Cadastro cancelado: você não receberá mais mensagens deste número. Envie START para voltar a receber.",
      START: "Você voltará a receber mensagens deste número. Envie AJUDA para ajuda ou STOP para sair.",
      HELP: "Envie STOP para não receber mais mensagens deste número.",
    },
  },
  it: {
    stop: ["FERMA", "ANNULLA", "CANCELLAMI"],
    start: ["INIZIA", "ISCRIVIMI"],
    help: ["AIUTO"],
    replies: {
      STOP: "Non riceverà più messaggi da questo numero. Invii START per riceverli di nuovo.",
      START: "Riceverà di nuovo i messaggi da questo numero. Invii AIUTO per assistenza o STOP per terminare.",
      HELP: "Invii STOP per non ricevere più messaggi da questo numero.",
    },
  },
  nl: {
    stop: ["AFMELDEN", "UITSCHRIJVEN"],
    start: ["AANMELDEN"],
    help: ["HULP"],
    replies: {
      STOP: "U bent afgemeld en krijgt geen berichten meer van dit nummer. Stuur START om ze weer te krijgen.",
      START: "U bent weer aangemeld voor berichten van dit nummer. Stuur HULP voor hulp of STOP om te stoppen.",
      HELP: "Stuur STOP om geen berichten meer van dit nummer te krijgen.",
    },
  },
};

/** The languages that are understood of recipients of a country, beside English, where nothing else is configured. */
export const COUNTRY_LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  AR: ["es"],
  AT: ["de"],
  BE: ["fr", "nl"],
  BR: ["pt"],
  CA: ["fr"],
  CH: ["de", "fr", "it"],
  CL: ["es"],
  CO: ["es"],
  DE: ["de"],
  ES: ["es"],
  FR: ["fr"],
  IT: ["it"],
  LU: ["fr", "de"],
  MX: ["es"],
  NL: ["nl"],
  PE: ["es"],
  PR: ["es"],
  PT: ["pt"],
  US: ["es"],
};

/** The longest word that is a keyword, as Twilio has it. */
export const MAX_KEYWORD_CHARACTERS = 34;

/** The text as one word in capitals; `undefined` where it is more or none. */
export function keywordOf(text: string): string | undefined {
  if (text.length > MAX_KEYWORD_CHARACTERS * 2) return undefined;
  const word = text.trim();
  if (word === "" || word.length > MAX_KEYWORD_CHARACTERS || /\s/.test(word)) return undefined;
  return word.toUpperCase();
}
