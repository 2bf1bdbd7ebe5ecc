/** Roles of pins in OpenBeken's firmware; the number is the place in this list. Source: its source text. */
export const OPENBEKEN_ROLES: readonly string[] = [
  'None Rel Rel_n Btn Btn_n LED LED_n PWM WifiLED WifiLED_n',
  'Btn_Tgl_All Btn_Tgl_All_n dInput dInput_n TglChanOnTgl dInput_NoPullUp dInput_NoPullUp_n',
  'BL0937SEL BL0937CF BL0937CF1 ADC SM2135DAT SM2135CLK BP5758D_DAT BP5758D_CLK',
  'BP1658CJ_DAT BP1658CJ_CLK PWM_n IRRecv IRSend Btn_NextColor Btn_NextColor_n',
  'Btn_NextDimmer Btn_NextDimmer_n AlwaysHigh AlwaysLow UCS1912_DIN SM16703P_DIN',
  'Btn_NextTemperature Btn_NextTemperature_n Btn_ScriptOnly Btn_ScriptOnly_n',
  'DHT11 DHT12 DHT21 DHT22 CHT8305_SDA CHT8305_SCK SHT3X_SDA SHT3X_SCK SoftSDA SoftSCL',
  'SM2235DAT SM2235CLK BridgeFWD BridgeREV Btn_SmartLED Btn_SmartLED_n',
  'DoorSnsrWSleep DoorSnsrWSleep_nPup BAT_ADC BAT_Relay TM1637_DIO TM1637_CLK BL0937SEL_n',
  'DoorSnsrWSleep_pd SGP_CLK SGP_DAT ADC_Button GN6932_CLK GN6932_DAT GN6932_STB',
  'TM1638_CLK TM1638_DAT TM1638_STB BAT_Relay_n KP18058_CLK KP18058_DAT DS1820_IO',
  'PWM_ScriptOnly PWM_ScriptOnly_n Counter_f Counter_r IRRecv_nPup StripState StripState_n',
  'HLW8112_SCSN RCRecv RCRecv_nPup Button_pd Button_pd_n ToggleChannelOnToggle_pd',
  'ShutterA ShutterB Button_ShutterUp Button_ShutterDown',
].flatMap((line) => line.split(' '));

/** The name of a role; `role <number>` for those of newer firmware. */
export function roleName(number: number): string {
  return OPENBEKEN_ROLES[number] ?? `role ${number}`;
}

/** The number of a role by its name, as `roleName` gives it; null for an unknown one. */
export function roleNumber(name: string): number | null {
  const known = OPENBEKEN_ROLES.indexOf(name);
  if (known >= 0) return known;
  const number = Number(/^role (\d{1,3})$/.exec(name)?.[1] ?? Number.NaN);
  return number <= 0xff ? number : null;
}
