/* Shortcodes that operators meet. A name that is not here stays as it was typed. */

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|raised_hand ✋|raised_hands 🙌|clap 👏|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up 👆
point_down 👇|eyes 👀|eye 👁️|brain 🧠|ear 👂|handshake 🤝|writing_hand ✍️|smile 😄|smiley 😃|grin 😁|joy 😂|slightly_smiling_face 🙂|wink 😉|blush 😊|heart_eyes 😍
sunglasses 😎|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|scream 😱|rage 😡|sweat_smile 😅|sleeping 😴|zzz 💤|shrug 🤷|facepalm 🤦|ninja 🥷|robot_face 🤖
detective 🕵️|sleuth_or_spy 🕵️|male-detective 🕵️‍♂️|female-detective 🕵️‍♀️|cop 👮|guardsman 💂|ghost 👻|skull 💀|skull_and_crossbones ☠️|alien 👽|bust_in_silhouette 👤
busts_in_silhouette 👥|heart ❤️|green_heart 💚|broken_heart 💔|100 💯|boom 💥|fire 🔥|sparkles ✨|star ⭐|star2 🌟|zap ⚡|sunny ☀️|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️
snowflake ❄️|rainbow 🌈|moon 🌔|crescent_moon 🌙|full_moon 🌕|new_moon 🌑|night_with_stars 🌃|sunrise 🌅|city_sunset 🌆|milky_way 🌌|earth_africa 🌍|earth_americas 🌎
earth_asia 🌏|globe_with_meridians 🌐|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️|negative_squared_cross_mark ❎
no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|warning ⚠️|exclamation ❗|heavy_exclamation_mark ❗|question ❓|grey_question ❔|grey_exclamation ❕|bangbang ‼️|interrobang ⁉️
information_source ℹ️|rotating_light 🚨|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠
large_yellow_circle 🟡|yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|purple_circle 🟣|large_brown_circle 🟤
black_circle ⚫|white_circle ⚪|red_square 🟥|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|large_purple_square 🟪
black_large_square ⬛|white_large_square ⬜|black_square_button 🔲|white_square_button 🔳|small_red_triangle 🔺|small_red_triangle_down 🔻|large_blue_diamond 🔷|small_blue_diamond 🔹
large_orange_diamond 🔶|small_orange_diamond 🔸|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|lock_with_ink_pen 🔏|key 🔑|old_key 🗝️|shield 🛡️|crossed_swords ⚔️|link 🔗|paperclip 📎
pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|checkered_flag 🏁|waving_white_flag 🏳️|white_flag 🏳️|mag 🔍|mag_right 🔎|microscope 🔬|telescope 🔭|satellite 🛰️
satellite_antenna 📡|computer 💻|desktop_computer 🖥️|keyboard ⌨️|computer_mouse 🖱️|printer 🖨️|floppy_disk 💾|cd 💿|minidisc 💽|iphone 📱|telephone_receiver 📞|pager 📟
battery 🔋|electric_plug 🔌|bulb 💡|flashlight 🔦|candle 🕯️|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|nut_and_bolt 🔩|chains ⛓️|toolbox 🧰|package 📦|inbox_tray 📥
outbox_tray 📤|mailbox 📫|email 📧|envelope ✉️|incoming_envelope 📨|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|bar_chart 📊|chart_with_upwards_trend 📈
chart_with_downwards_trend 📉|page_facing_up 📄|page_with_curl 📃|scroll 📜|newspaper 📰|bookmark_tabs 📑|bookmark 🔖|label 🏷️|open_file_folder 📂|file_folder 📁
card_index 📇|card_index_dividers 🗂️|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|books 📚|book 📖|notebook 📓|ledger 📒|calendar 📅|date 📅|spiral_calendar_pad 🗓️
clock1 🕐|clock3 🕒|clock9 🕘|clock12 🕛|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|rocket 🚀|airplane ✈️|ship 🚢|anchor ⚓|truck 🚚
ambulance 🚑|fire_engine 🚒|police_car 🚓|construction 🚧|traffic_light 🚦|vertical_traffic_light 🚦|door 🚪|house 🏠|office 🏢|factory 🏭|bank 🏦|classical_building 🏛️|hole 🕳️
bomb 💣|dagger_knife 🗡️|gun 🔫|pill 💊|syringe 💉|test_tube 🧪|dna 🧬|bug 🐛|ant 🐜|beetle 🐞|spider 🕷️|spider_web 🕸️|snake 🐍|whale 🐳|penguin 🐧|elephant 🐘|turtle 🐢
owl 🦉|dog 🐶|cat 🐱|bear 🐻|unicorn_face 🦄|tada 🎉|confetti_ball 🎊|gift 🎁|trophy 🏆|medal 🏅|dart 🎯|game_die 🎲|jigsaw 🧩|art 🎨|coffee ☕|tea 🍵|beer 🍺|beers 🍻|pizza 🍕
cake 🍰|apple 🍎|seedling 🌱|deciduous_tree 🌳|four_leaf_clover 🍀|arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️
arrow_right_hook ↪️|leftwards_arrow_with_hook ↩️|arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|arrow_forward ▶️|arrow_backward ◀️|fast_forward ⏩|rewind ⏪
black_square_for_stop ⏹️|double_vertical_bar ⏸️|black_circle_for_record ⏺️|heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_division_sign ➗|infinity ♾️|recycle ♻️|new 🆕|ok 🆗|sos 🆘|up 🆙
free 🆓|cool 🆒|id 🆔|name_badge 📛|beginner 🔰|trident 🔱|o ⭕|zero 0️⃣|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|hash #️⃣
moneybag 💰|dollar 💵|money_with_wings 💸|credit_card 💳|receipt 🧾|scales ⚖️|ballot_box_with_ballot 🗳️|military_medal 🎖️|crown 👑|gem 💎|crystal_ball 🔮|magic_wand 🪄
identification_card 🪪|passport_control 🛂|customs 🛃|no_mobile_phones 📵|no_pedestrians 🚷|underage 🔞|radioactive_sign ☢️|biohazard_sign ☣️|stethoscope 🩺|ladder 🪜|magnet 🧲
`;

const NAMES = new Map(TABLE.trim().split(/[|\n]/).map((entry) => entry.split(" ")));

/** The character of a shortcode, or undefined. */
export const emoji = (name) => NAMES.get(name);

/** Shortcodes that begin with these letters, as `[name, character]`. */
export const emojiLike = (letters) => [...NAMES].filter(([name]) => name.startsWith(letters));

/** Plain text with its shortcodes told as characters. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => NAMES.get(name) ?? whole);
