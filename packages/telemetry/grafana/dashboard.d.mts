/** The parts of a dashboard that the tests read. */
export interface Dashboard {
  title: string;
  schemaVersion: number;
  panels: { title: string; type: string; targets?: { expr: string; refId: string }[] }[];
}

export function buildDashboard(): Dashboard;
