import { TextReader } from "./text-reader.ts";

/** What words speak of. Data: a word more is one word here. Pairs of words are joined with `_`. */
const WORDS = {
  prize:
    "prize prizes winner winners won win lottery jackpot reward rewards congratulations congrats gift giveaway sweepstake sweepstakes raffle selected lucky claim premio premios ganador ganadora ganado loteria sorteo felicidades felicitaciones gagnant gagne loterie felicitations cadeau tirage gewinn gewonnen gewinner gewinnspiel lotterie glueckwunsch gluckwunsch geschenk verlosung ganhou ganhador sorteado parabens loteria resgate resgatar vinto vincitore vincita congratulazioni lotteria riscuoti free_gift gratis_iphone iphone",
  urgency:
    "urgent urgently immediately immediate expires expire expiring final last_chance last_notice final_notice final_warning within_hours now asap today_only hurry act_now warning alert attention urgente inmediatamente inmediato caduca ahora ultimo ultima aviso atencion immediatement dernier derniere expire attention avis dringend sofort letzte warnung achtung umgehend imediatamente imediato ultima agora atencao subito immediatamente scade attenzione avviso",
  threat:
    "suspended suspension locked blocked restricted disabled deactivated limited unauthorized unauthorised unusual suspicious fraud fraudulent compromised penalty arrest lawsuit court legal_action terminated closure cancelled unpaid overdue outstanding suspendida suspendido bloqueada bloqueado restringida inusual sospechosa sospechoso multa impago suspendu bloque restreint desactive inhabituelle suspecte amende impayee impaye gesperrt eingeschraenkt eingeschrankt deaktiviert verdaechtige verdachtige ungewoehnliche mahnung unbezahlt bussgeld suspensa suspenso bloqueada bloqueado suspeita suspeito divida bloqueio sospeso bloccato bloccata sospetta sospetto limitato multa insoluto",
  credential:
    "verify confirm validate login log_in sign_in signin password passwords credentials account identity unlock reactivate restore update_your billing payment_details card_details bank_details ssn kyc wallet_phrase seed_phrase recovery_phrase pin_number verificar verifica confirmar confirme valide contrasena cuenta identidad desbloquear actualizar actualice iniciar_sesion verifiez confirmez validez connexion mot_de_passe compte identite debloquer bestaetigen bestatigen verifizieren anmelden passwort konto zugangsdaten entsperren aktualisieren verifique confirme senha conta acesse atualize desbloqueie cadastro verifichi confermi conferma accedi conto aggiorna sblocca",
  action:
    "click tap visit follow_link link here log_on open_link via_link clic clique cliquez haga_clic pulse pinche visite enlace lien ici klicken klick tippen hier link besuchen clique_aqui toque acesse aqui clicca qui entra",
  parcel:
    "parcel package delivery shipment courier customs redelivery undelivered depot postage address shipping_fee delivery_fee held paquete envio aduana aduanas entrega direccion gastos colis livraison douane frais_de adresse relais paket lieferung zoll zollgebuehr zustellung sendung versandkosten adresse pacote encomenda alfandega taxa endereco entrega pacco spedizione consegna dogana spese giacenza",
  fee: "fee fees charge surcharge toll tax refund rebate reimbursement owed debt invoice tarifa tasa reembolso devolucion pagar pago deuda frais taxe remboursement paiement payer peage gebuehr gebuhr steuer rueckerstattung ruckerstattung erstattung zahlung bezahlen taxa reembolso restituicao pagamento pague rimborso pagamento tassa pagare",
  loan: "loan loans lender credit_score approved preapproved pre_approved instant_cash cash_advance payday no_credit bad_credit interest borrow debt_relief prestamo prestamos preaprobado aprobado credito dinero_rapido sin_aval pret prets credit_rapide preapprouve kredit sofortkredit ohne_schufa darlehen bewilligt emprestimo aprovado credito_liberado consignado prestito prestiti preapprovato finanziamento",
  crypto:
    "crypto bitcoin btc eth ethereum usdt airdrop token tokens wallet blockchain coin coins trading forex invest investment investor investors returns profit profits daily_profit double passive_income inversion invertir inversores ganancias rentabilidad beneficios criptomoneda investir investissement rendement benefices anlage investieren rendite gewinne investimento investir lucro lucros rendimento investimenti guadagni rendimenti profitti",
  job: "work_from home_job part_time remote_job hiring earn earning earnings per_day daily_pay per_hour easy_money extra_income no_experience trabajo_desde gane ganar teletrabajo ingresos travail_a gagnez revenus heimarbeit verdienen nebenverdienst tagesverdienst trabalhe ganhe renda_extra guadagna lavoro_da",
  handoff:
    "whatsapp telegram signal wechat line_id call_now call_us contact_us text_me message_me add_me reply_with kontaktieren contacter contacte contacto wa_me llame ligue chiama appelez anrufen",
  adult:
    "sex sexy nude nudes xxx porn escort hookup singles horny milf cam_girl hot_girls dating sexo desnuda desnudas escorts sexe nackt nuas",
  vice: "casino casinos slots roulette poker betting bet_now free_spins spins jackpot_slots gamble gambling apuestas apuesta tragaperras paris_sportifs gratuits_tours gluecksspiel freispiele wetten apostas aposta cassino scommesse viagra cialis pharmacy_online pills steroids vape vapes cannabis cbd weed thc tobacco cigarettes whiskey vodka ammo firearm firearms rifle pistol",
  otp: "code codes otp passcode pin one_time verification_code security_code authentication 2fa two_factor login_code access_code codigo codigos clave verificacion de_verification code_de einmalcode sicherheitscode bestaetigungscode bestatigungscode tan codigo_de verificacao codice verifica do_not never_share not_share no_comparta ne_partagez nicht_weiter nao_compartilhe non_condividere",
  service:
    "appointment appointments reminder reminders booking reservation reserved scheduled confirmed table order_number your_order tracking pickup ready meeting class prescription invoice_number ticket boarding flight gate delayed departed arrives driver cita recordatorio reserva confirmada confirmado pedido recogida mesa vuelo rendez_vous rappel reservation confirmee commande prete votre_table vol termin erinnerung buchung bestellung abholbereit bestaetigt bestatigt tisch flug consulta lembrete confirmada pedido retirada mesa voo appuntamento promemoria prenotazione confermato confermata ordine pronto tavolo volo server cpu disk latency incident outage resolved backup",
  optOut:
    "stop optout opt_out unsubscribe reply_stop text_stop stop_to alto baja cancelar responda_stop desabonnement stop_au abmelden stopp antworten sair cancele responda_sair annulla disiscriverti rispondi_stop",
} as const;

export type Topic = keyof typeof WORDS;
/** In the order of their bits. */
export const TOPICS = Object.keys(WORDS) as Topic[];
const BITS = new Map<Topic, number>(TOPICS.map((topic, at) => [topic, 1 << at]));

/** A table of numbers by numbers, filled once: open addressing, at most half full. */
class IntTable {
  private readonly keys: Int32Array;
  private readonly values: Int32Array;
  private readonly mask: number;

  constructor(entries: ReadonlyMap<number, number>) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, entries.size * 4)));
    this.keys = new Int32Array(size);
    this.values = new Int32Array(size);
    this.mask = size - 1;
    for (const [key, value] of entries) {
      let at = this.slotOf(key);
      while (this.values[at] !== 0) at = (at + 1) & this.mask;
      this.keys[at] = key;
      this.values[at] = value;
    }
  }

  /** 0 where there is none. */
  get(key: number): number {
    for (let at = this.slotOf(key); ; at = (at + 1) & this.mask) {
      const value = this.values[at] ?? 0;
      if (value === 0 || this.keys[at] === key) return value;
    }
  }

  private slotOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 12) & this.mask;
  }
}

const PAIR = 0x61c88647;
const pairHash = (first: number, second: number): number => (Math.imul(first, PAIR) ^ second) | 1;

/** The words of a phrase as the reader hashes them. */
export function phraseHashes(phrase: string): number[] {
  const reader = new TextReader();
  reader.read(phrase);
  return [...reader.words.subarray(0, reader.wordCount)];
}

/** The hash that one or two words are looked up with; of a longer phrase the first two. */
export function phraseHash(phrase: string): number | undefined {
  const [first, second] = phraseHashes(phrase);
  if (first === undefined) return undefined;
  return second === undefined ? first : pairHash(first, second);
}

const table = buildTable();

function buildTable(): IntTable {
  const entries = new Map<number, number>();
  for (const topic of TOPICS) {
    for (const word of WORDS[topic].split(" ")) {
      const hash = phraseHash(word.replace("_", " "));
      if (hash !== undefined) entries.set(hash, (entries.get(hash) ?? 0) | (BITS.get(topic) ?? 0));
    }
  }
  return new IntTable(entries);
}

/** Counts, for each topic, the words of the text that speak of it; a text that repeats one is counted as often. */
export function countTopics(reader: TextReader, into: Uint16Array): void {
  into.fill(0);
  let before = 0;
  for (let at = 0; at < reader.wordCount; at += 1) {
    const word = reader.words[at] ?? 0;
    addBits(into, table.get(word));
    if (at > 0) addBits(into, table.get(pairHash(before, word)));
    before = word;
  }
}

function addBits(into: Uint16Array, bits: number): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    const at = 31 - Math.clz32(left & -left);
    into[at] = (into[at] ?? 0) + 1;
  }
}

/** Whether a word, by its hash, is one of the lists': words are disguised that are worth it. */
export const isListed = (hash: number): boolean => table.get(hash) !== 0;

/** Calls `visit` with the hash of every word and of every two words in a row, until it says true. */
export function someWord(reader: TextReader, visit: (hash: number) => boolean): boolean {
  let before = 0;
  for (let at = 0; at < reader.wordCount; at += 1) {
    const word = reader.words[at] ?? 0;
    if (visit(word) || (at > 0 && visit(pairHash(before, word)))) return true;
    before = word;
  }
  return false;
}
