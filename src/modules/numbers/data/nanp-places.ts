/** Where the numbers of an area code are, as far as one place stands for all of them. */
export interface NumberPlace {
  readonly locality: string;
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

/**
 * The main locality of each geographic area code of the United States and Canada, with its
 * latitude and longitude to a hundredth of a degree: `locality|latitude|longitude|area codes`.
 * An imported file that names a locality overrules it.
 */
const PLACES = `
Birmingham|33.52|-86.80|205 659
Huntsville|34.73|-86.59|256 938
Mobile|30.69|-88.04|251
Montgomery|32.37|-86.30|334
Auburn|32.61|-85.48|483
Anchorage|61.22|-149.90|907
Phoenix|33.45|-112.07|480 602 623
Tucson|32.22|-110.97|520
Flagstaff|35.20|-111.65|928
Little Rock|34.75|-92.29|501 327
Fayetteville|36.06|-94.16|479
Jonesboro|35.84|-90.70|870
Los Angeles|34.05|-118.24|213 310 323 424 738
Long Beach|33.77|-118.19|562
Burbank|34.18|-118.31|747 818
Pasadena|34.15|-118.14|626
Stockton|37.96|-121.29|209 350
San Jose|37.34|-121.89|408 669
San Francisco|37.77|-122.42|415 628
Oakland|37.80|-122.27|341 510
Redding|40.59|-122.39|530
Fresno|36.74|-119.79|357 559
San Diego|32.72|-117.16|619 858
Palo Alto|37.44|-122.14|650
Bakersfield|35.37|-119.02|661
Santa Rosa|38.44|-122.71|707 369
Anaheim|33.84|-117.91|657 714
Oceanside|33.20|-117.38|442 760
Santa Barbara|34.42|-119.70|805 820
Salinas|36.68|-121.66|831
San Bernardino|34.11|-117.29|840 909
Sacramento|38.58|-121.49|279 916
Concord|37.98|-122.03|925
Irvine|33.68|-117.83|949
Riverside|33.95|-117.40|951
Denver|39.74|-104.99|303 720 983
Colorado Springs|38.83|-104.82|719
Fort Collins|40.59|-105.08|748 970
Bridgeport|41.19|-73.20|203 475
Hartford|41.77|-72.67|860 959
Washington|38.91|-77.04|202 771
Wilmington|39.75|-75.55|302
Fort Myers|26.64|-81.87|239
Miami|25.76|-80.19|305 645 786
Cocoa|28.39|-80.74|321
Ocala|29.19|-82.14|352
Daytona Beach|29.21|-81.02|386
Orlando|28.54|-81.38|407 689
Tallahassee|30.44|-84.28|448 850
West Palm Beach|26.71|-80.05|561 728
Tampa|27.95|-82.46|656 813
Saint Petersburg|27.77|-82.64|727
Fort Lauderdale|26.12|-80.14|754 954
Port Saint Lucie|27.27|-80.36|772
Lakeland|28.04|-81.95|863
Jacksonville|30.33|-81.66|324 904
Sarasota|27.34|-82.53|941
Albany|31.58|-84.16|229
Atlanta|33.75|-84.39|404 470 678 770 943
Macon|32.84|-83.63|478
Columbus|32.46|-84.99|706 762
Savannah|32.08|-81.09|912
Honolulu|21.31|-157.86|808
Cedar Rapids|41.98|-91.67|319
Des Moines|41.59|-93.62|515
Dubuque|42.50|-90.66|563
Mason City|43.15|-93.20|641
Sioux City|42.50|-96.40|712
Boise|43.62|-116.20|208 986
Springfield|39.78|-89.65|217 447
Aurora|41.76|-88.32|331 630
Peoria|40.69|-89.59|309 861
Chicago|41.88|-87.63|312 773 872
Belleville|38.52|-89.98|464 618
Oak Lawn|41.72|-87.76|708
Rockford|42.27|-89.09|779 815
Evanston|42.05|-87.69|224 847
Gary|41.59|-87.35|219
Fort Wayne|41.08|-85.14|260
Indianapolis|39.77|-86.16|317 463
South Bend|41.68|-86.25|574
Muncie|40.19|-85.39|765
Evansville|37.97|-87.57|812 930
Wichita|37.69|-97.34|316
Dodge City|37.75|-100.02|620
Topeka|39.05|-95.68|785
Overland Park|38.98|-94.67|913
Bowling Green|36.99|-86.44|270 364
Louisville|38.25|-85.76|502
Ashland|38.48|-82.64|606
Lexington|38.04|-84.50|859
Baton Rouge|30.45|-91.19|225
Shreveport|32.53|-93.75|318 457
Lafayette|30.22|-92.02|337
New Orleans|29.95|-90.07|504
Houma|29.60|-90.72|985
Waltham|42.38|-71.24|339 781
Lowell|42.63|-71.32|351 978
Springfield|42.10|-72.59|413
Worcester|42.26|-71.80|508 774
Boston|42.36|-71.06|617 857
Rockville|39.08|-77.15|227 240 301
Baltimore|39.29|-76.61|410 443 667
Portland|43.66|-70.26|207
Grand Rapids|42.96|-85.67|616
Troy|42.61|-83.15|248 947
Kalamazoo|42.29|-85.59|269
Detroit|42.33|-83.05|313 679
Lansing|42.73|-84.56|517
Warren|42.49|-83.01|586
Muskegon|43.23|-86.25|231
Ann Arbor|42.28|-83.74|734
Flint|43.01|-83.69|810
Marquette|46.54|-87.40|906
Saginaw|43.42|-83.95|989
Duluth|46.79|-92.10|218
Saint Cloud|45.56|-94.16|320
Rochester|44.02|-92.47|507 924
Minneapolis|44.98|-93.27|612
Saint Paul|44.95|-93.09|651
Brooklyn Park|45.09|-93.36|763
Bloomington|44.84|-93.30|952
Saint Louis|38.63|-90.20|314 557
Springfield|37.21|-93.29|417
Jefferson City|38.58|-92.17|235 573
Saint Charles|38.78|-90.48|636
Sedalia|38.70|-93.23|660
Kansas City|39.10|-94.58|816 975
Biloxi|30.40|-88.89|228
Jackson|32.30|-90.18|601 769
Tupelo|34.26|-88.70|471 662
Billings|45.78|-108.50|406
Greenville|35.61|-77.37|252
Greensboro|36.07|-79.79|336 743
Charlotte|35.23|-80.84|704 980
Asheville|35.60|-82.55|828
Fayetteville|35.05|-78.88|472 910
Raleigh|35.78|-78.64|919 984
Fargo|46.88|-96.79|701
Grand Island|40.92|-98.34|308
Omaha|41.26|-95.94|402 531
Manchester|42.99|-71.45|603
Jersey City|40.73|-74.08|201 551
Trenton|40.22|-74.76|609 640
Toms River|39.95|-74.20|732 848
Camden|39.93|-75.12|856
Newark|40.74|-74.17|862 973
Elizabeth|40.66|-74.21|908
Albuquerque|35.08|-106.65|505
Las Cruces|32.31|-106.78|575
Las Vegas|36.17|-115.14|702 725
Reno|39.53|-119.81|775
New York|40.71|-74.01|212 332 646 917
Brooklyn|40.65|-73.95|347 718 929 465
Syracuse|43.05|-76.15|315 680
Hempstead|40.71|-73.62|516 363
Albany|42.65|-73.76|518 838
Rochester|43.16|-77.61|585
Binghamton|42.10|-75.91|607
Brentwood|40.78|-73.25|631 934
Buffalo|42.89|-78.88|624 716
Poughkeepsie|41.70|-73.92|329 845
Yonkers|40.93|-73.90|914
Cleveland|41.50|-81.69|216
Akron|41.08|-81.52|234 330
Cincinnati|39.10|-84.51|283 513
Toledo|41.65|-83.54|419 567
Lorain|41.45|-82.18|440 436
Columbus|39.96|-83.00|380 614
Athens|39.33|-82.10|220 740
Dayton|39.76|-84.19|326 937
Oklahoma City|35.47|-97.52|405 572
Lawton|34.60|-98.39|580
Tulsa|36.15|-95.99|539 918
Eugene|44.05|-123.09|458 541
Portland|45.52|-122.68|503 971
Philadelphia|39.95|-75.17|215 267 445
Pittsburgh|40.44|-80.00|412
Allentown|40.60|-75.47|484 610 835
Scranton|41.41|-75.66|272 570
Harrisburg|40.27|-76.88|223 717
Greensburg|40.30|-79.54|724 878
Erie|42.13|-80.09|582 814
Providence|41.82|-71.41|401
Columbia|34.00|-81.03|803 839
Charleston|32.78|-79.93|843 854
Greenville|34.85|-82.40|821 864
Sioux Falls|43.54|-96.73|605
Chattanooga|35.05|-85.31|423
Nashville|36.16|-86.78|615 629
Jackson|35.61|-88.81|731
Knoxville|35.96|-83.92|865
Memphis|35.15|-90.05|901 729
Clarksville|36.53|-87.36|931
San Antonio|29.42|-98.49|210 726
Dallas|32.78|-96.80|214 469 945 972
Waco|31.55|-97.15|254
Houston|29.76|-95.37|281 346 621 713 832
Corpus Christi|27.80|-97.40|361
Beaumont|30.08|-94.10|409
Midland|32.00|-102.08|432
Austin|30.27|-97.74|512 737
Fort Worth|32.76|-97.33|682 817
Lubbock|33.58|-101.86|806
Del Rio|29.36|-100.90|830
Tyler|32.35|-95.30|430 903
El Paso|31.76|-106.49|915
Huntsville|30.72|-95.55|936
Wichita Falls|33.91|-98.49|940
Laredo|27.51|-99.51|956
College Station|30.63|-96.33|979
Abilene|32.45|-99.73|325
Provo|40.23|-111.66|385 801
Saint George|37.10|-113.58|435
Bristol|36.60|-82.19|276
Lynchburg|37.41|-79.14|434
Roanoke|37.27|-79.94|540 826
Arlington|38.88|-77.10|571 703
Norfolk|36.85|-76.29|757 948
Richmond|37.54|-77.44|686 804
Burlington|44.48|-73.21|802
Seattle|47.61|-122.33|206
Tacoma|47.25|-122.44|253
Olympia|47.04|-122.90|360 564
Bellevue|47.61|-122.20|425
Spokane|47.66|-117.43|509
Kenosha|42.58|-87.82|262
Milwaukee|43.04|-87.91|414
Eau Claire|44.81|-91.50|534 715
Madison|43.07|-89.40|353 608
Green Bay|44.51|-88.02|274 920
Charleston|38.35|-81.63|304 681
Cheyenne|41.14|-104.82|307
Calgary|51.05|-114.07|403 587 825
Edmonton|53.55|-113.49|780 368
Vancouver|49.28|-123.12|604 778 236 672
Victoria|48.43|-123.37|250 257
Winnipeg|49.90|-97.14|204 431 584
Moncton|46.09|-64.77|506 428
Saint John's|47.56|-52.71|709 879
Halifax|44.65|-63.57|902 782
Toronto|43.65|-79.38|416 647 437 942
London|42.98|-81.25|519 226 548 382
Ottawa|45.42|-75.70|613 343 753
Sudbury|46.49|-81.00|705 249 683
Thunder Bay|48.38|-89.25|807
Hamilton|43.26|-79.87|905 289 365 742
Quebec|46.81|-71.21|418 581 367
Laval|45.61|-73.71|450 579 354
Montreal|45.50|-73.57|514 438 263
Sherbrooke|45.40|-71.89|819 873 468
Regina|50.45|-104.62|306 639 474
Whitehorse|60.72|-135.06|867
`;

const BY_AREA_CODE = readPlaces();

function readPlaces(): ReadonlyMap<string, NumberPlace> {
  const places = new Map<string, NumberPlace>();
  for (const line of PLACES.trim().split("\n")) {
    const [locality = "", latitude, longitude, codes = ""] = line.split("|");
    const place = { locality, latitude: Number(latitude), longitude: Number(longitude) };
    for (const code of codes.split(" ")) places.set(code, place);
  }
  return places;
}

/** The place of a North American number by its area code; `undefined` elsewhere and where it has none. */
export function placeOf(e164: string): NumberPlace | undefined {
  return e164.startsWith("+1") ? BY_AREA_CODE.get(e164.slice(2, 5)) : undefined;
}
