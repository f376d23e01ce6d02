/**
 * Area codes of the North American Numbering Plan that serve the same places: overlays.
 * By hand from NANPA's public list of area codes and their overlay complexes (nanpa.com, 2025).
 * A code that is missing here costs no more than the choice of another number of its state.
 */
const OVERLAYS: readonly string[] = [
  // Alabama, Arizona, Arkansas
  "205 659",
  "256 938",
  "480 602 623",
  "870 327",
  // California
  "209 350",
  "213 323 738",
  "310 424",
  "408 669",
  "415 628",
  "442 760",
  "510 341",
  "530 837",
  "559 357",
  "619 858",
  "657 714",
  "707 369",
  "747 818",
  "805 820",
  "840 909",
  "916 279",
  // Colorado, Connecticut, District of Columbia
  "303 720 983",
  "970 748",
  "203 475",
  "860 959",
  "202 771",
  // Florida
  "305 786 645",
  "321 407 689",
  "448 850",
  "561 728",
  "754 954",
  "813 656",
  "904 324",
  // Georgia
  "404 470 678 770 943",
  "706 762",
  // Idaho, Illinois, Indiana
  "208 986",
  "217 447",
  "224 847",
  "309 861",
  "312 773 872",
  "331 630",
  "464 708",
  "618 730",
  "779 815",
  "317 463",
  "812 930",
  // Kentucky, Louisiana
  "270 364",
  "318 457",
  // Maryland, Massachusetts
  "227 240 301",
  "410 443 667",
  "339 781",
  "351 978",
  "508 774",
  "617 857",
  // Michigan, Minnesota, Mississippi, Missouri
  "248 947",
  "313 679",
  "507 924",
  "601 769",
  "662 471",
  "314 557",
  "573 235",
  "816 975",
  // Nebraska, Nevada, New Jersey
  "402 531",
  "702 725",
  "201 551",
  "732 848",
  "862 973",
  "609 640",
  // New York
  "212 332 646 917",
  "347 718 929 917 465",
  "315 680",
  "363 516",
  "518 838",
  "631 934",
  "716 624",
  "845 329",
  // North Carolina
  "336 743",
  "704 980",
  "910 472",
  "919 984",
  // Ohio, Oklahoma, Oregon
  "220 740",
  "234 330",
  "326 937",
  "380 614",
  "419 567",
  "440 436",
  "513 283",
  "405 572",
  "539 918",
  "458 541",
  "503 971",
  // Pennsylvania
  "215 267 445",
  "223 717",
  "272 570",
  "412 724 878",
  "484 610 835",
  "582 814",
  // South Carolina, Tennessee
  "803 839",
  "843 854",
  "864 821",
  "615 629",
  // Texas
  "210 726",
  "214 469 945 972",
  "281 346 713 832 621",
  "430 903",
  "512 737",
  "682 817",
  // Utah, Virginia, Washington, West Virginia, Wisconsin
  "385 801",
  "540 826",
  "571 703",
  "757 948",
  "804 686",
  "206 564",
  "360 564",
  "304 681",
  "274 920",
  "353 608",
  "534 715",
  // Canada
  "368 403 587 825",
  "368 587 780 825",
  "236 250 257 604 672 778",
  "204 431 584",
  "428 506",
  "709 879",
  "226 382 519 548",
  "249 683 705",
  "289 365 742 905",
  "343 613 753",
  "416 437 647 942",
  "263 438 514",
  "354 450 579",
  "367 418 581",
  "468 819 873",
  "306 474 639",
  "782 902",
  // Caribbean
  "787 939",
  "809 829 849",
  "658 876",
];

const BY_CODE = new Map<string, Set<string>>();
for (const group of OVERLAYS) {
  const codes = group.split(" ");
  for (const code of codes) {
    const known = BY_CODE.get(code) ?? new Set<string>();
    for (const other of codes) if (other !== code) known.add(other);
    BY_CODE.set(code, known);
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The other area codes that serve a place of this one. */
export function overlaysOf(areaCode: string): ReadonlySet<string> {
  return BY_CODE.get(areaCode) ?? NONE;
}
