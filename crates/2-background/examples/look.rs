use manuscript::*;
fn main() {
    let profile = match std::env::args().nth(1).as_deref() {
        Some("smoke") => Profile::Smoke,
        Some("paper") => Profile::Paper,
        _ => Profile::Quick,
    };
    let out = std::env::args().nth(2).unwrap_or("/tmp/look-2".into());
    let seed = std::env::args().nth(3).map_or(2019, |s| s.parse().unwrap());
    type S = background::Background;
    let params = S::params(profile);
    S::check(&params).unwrap();
    let context = Context { seed, device: Device::Cpu, data: None };
    let start = std::time::Instant::now();
    let mut outcomes = Vec::new();
    for run in S::runs(&params) {
        let t = std::time::Instant::now();
        let o = S::execute(&run, &context, &|_, _| {}).unwrap();
        println!("{} {:?} {:.3}s", S::name(&run), run.networks, t.elapsed().as_secs_f64());
        outcomes.push((run, o));
    }
    println!("all {:.3} s", start.elapsed().as_secs_f64());
    let register = ledger::Register::read(std::path::Path::new("/work/main/paper/claims.toml")).unwrap();
    let p = produce::<S>(&params, &outcomes, &register).unwrap();
    std::fs::create_dir_all(format!("{out}/tables")).unwrap();
    std::fs::create_dir_all(format!("{out}/figures")).unwrap();
    for t in p.tables.iter() {
        std::fs::write(format!("{out}/tables/{}.csv", t.name()), t.csv().unwrap()).unwrap();
    }
    for (n, svg) in &p.figures {
        std::fs::write(format!("{out}/figures/{n}.svg"), svg).unwrap();
    }
    for m in &p.measurements {
        let claim = register.claim(&m.claim).unwrap();
        let j = ledger::judge(claim, m);
        let worst = j.checks.iter().map(|c| c.tolerance).fold(0.0, f64::max);
        println!(
            "{:24} {:?} | {} | checks {} worst tolerance {:.4} {:?}",
            m.claim,
            j.verdict,
            j.reason,
            m.checks.len(),
            worst,
            m.scale
        );
    }
}
