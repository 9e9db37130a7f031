use manuscript::*;
use simulation::*;
use std::time::Instant;
fn main() {
    let out = std::env::args().nth(1).unwrap();
    let profile = match std::env::args().nth(2).as_deref() {
        Some("smoke") => Profile::Smoke,
        Some("paper") => Profile::Paper,
        _ => Profile::Quick,
    };
    let params = Simulation::params(profile);
    Simulation::check(&params).unwrap();
    let ctx = Context {
        seed: std::env::args().nth(3).map_or(2019, |s| s.parse().unwrap()),
        device: Device::Cpu,
        data: None,
    };
    let cpu = || {
        let s = std::fs::read_to_string("/proc/self/stat").unwrap();
        let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
        (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
    };
    let all = Instant::now();
    let outcomes: Vec<_> = Simulation::runs(&params)
        .into_iter()
        .map(|run| {
            let (t, c) = (Instant::now(), cpu());
            let o = Simulation::execute(&run, &ctx, &|_, _| {}).unwrap();
            eprintln!("{:20} {:.2} s, cpu/2 {:.2}", run.name(), t.elapsed().as_secs_f64(), (cpu() - c) / 2.0);
            (run, o)
        })
        .collect();
    eprintln!(
        "all {:.2} cpu/2 {:.2}; {}",
        all.elapsed().as_secs_f64(),
        cpu() / 2.0,
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .find(|l| l.starts_with("VmHWM"))
            .unwrap()
    );
    std::fs::create_dir_all(&out).unwrap();
    let tables = Simulation::tables(&params, &outcomes).unwrap();
    for t in tables.iter() {
        std::fs::write(format!("{out}/{}.csv", t.name()), t.csv().unwrap()).unwrap();
    }
    for f in Simulation::figures(&tables).unwrap() {
        std::fs::write(format!("{out}/{}.svg", f.name()), f.draw().unwrap()).unwrap();
    }
    for m in Simulation::claims(&tables).unwrap() {
        println!("{} {:?} {} checks", m.claim, m.scale, m.checks.len());
        for c in m.checks.iter().chain(&m.as_printed) {
            if let Some(e) = c.estimate() {
                let t = e.margin(m.checks.len() + m.as_printed.len());
                let (ok, r) = match c {
                    Check::Positive { .. } => (e.value > t, f64::NAN),
                    Check::Equal { resolution, .. } => (e.value.abs() <= t && t < *resolution, *resolution),
                    _ => (true, 0.0),
                };
                println!(
                    "   {} {} = {:.6} tol {:.6} res {:.4}",
                    if ok { "ok  " } else { "FAIL" },
                    c.what(),
                    e.value,
                    t,
                    r
                );
            } else {
                println!("   {c:?}");
            }
        }
    }
}
